import { useState } from "preact/hooks";
import { textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/public-texts.ts";
import { MediaList } from "./media-list.tsx";
import type { MediaItem } from "./media-upload.ts";

const { t } = textsOf(texts);

interface Props {
  readonly code: string;
  readonly media: readonly MediaItem[];
  readonly onRetry: () => void;
  readonly onAnother: () => void;
}

/** After the report: its code and link, and how its photos are doing. */
export function ReportSent({ code, media, onRetry, onAnother }: Props) {
  const [isCopied, copied] = useState(false);
  const path = `/p/${code}`;
  const isUnderWay = media.some(({ state }) => state === "waiting" || state === "sending");
  const hasFailed = media.some(({ state }) => state === "failed");
  const copy = () =>
    void navigator.clipboard?.writeText(`${location.origin}${path}`).then(
      () => copied(true),
      () => undefined, // the code stands there to be read
    );
  return (
    <section class="card" data-testid="report-sent">
      <h1>{t("sentTitle")}</h1>
      <p>{t("sentLead")}</p>
      <dl class="code-card">
        <dt>{t("yourCode")}</dt>
        <dd data-testid="progress-code">{code}</dd>
      </dl>
      <MediaList items={media} />
      {isUnderWay && (
        <p class="faint" role="status">
          {t("keepOpen")}
        </p>
      )}
      {hasFailed && !isUnderWay && (
        <button type="button" class="strong" data-testid="send-again" onClick={onRetry}>
          {t("sendAgain")}
        </button>
      )}
      <div class="buttons">
        {/* A new window: photos on their way must not be cut off. */}
        <a class="button strong" href={path} target={isUnderWay ? "_blank" : undefined}>
          {t("followIt")}
        </a>
        {window.isSecureContext && (
          <button type="button" onClick={copy}>
            {t(isCopied ? "copied" : "copyLink")}
          </button>
        )}
        <button type="button" onClick={onAnother} disabled={isUnderWay}>
          {t("another")}
        </button>
      </div>
    </section>
  );
}
