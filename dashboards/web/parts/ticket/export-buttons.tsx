import { useState } from "preact/hooks";
import { ApiError, download } from "../../api-client.ts";
import { formatNumber } from "../../format.ts";
import { language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/tickets-texts.ts";
import { Problem } from "../problem.tsx";

const { t } = textsOf(texts);
const formats = ["xlsx", "csv"] as const;

interface Shown {
  readonly isBusy?: boolean;
  readonly saved?: { readonly name: string; readonly bytes: number };
  readonly error?: ApiError;
}

/** The listed tickets as a file: all of them, not only those that are shown. */
export function ExportButtons({ asked }: { readonly asked: string }) {
  const [{ isBusy = false, saved, error }, show] = useState<Shown>({});
  const run = async (format: (typeof formats)[number]) => {
    show({ isBusy: true });
    try {
      const saved = await download(
        `/exchange/exports/tickets?format=${format}&${asked}`,
        () => undefined,
      );
      show({ saved });
    } catch (problem) {
      show({ error: problem instanceof ApiError ? problem : new ApiError("UNREACHABLE", 0) });
    }
  };
  return (
    <div class="export-buttons">
      {saved && (
        <span class="done small" role="status" data-testid="exported">
          {t("saved", {
            name: saved.name,
            size: formatNumber(saved.bytes / 1000, language.value, 0),
          })}
        </span>
      )}
      <Problem error={error} />
      {formats.map((format) => (
        <button
          key={format}
          type="button"
          data-testid={`export-${format}`}
          disabled={isBusy}
          onClick={() => void run(format)}
        >
          {t(`export.${format}`)}
        </button>
      ))}
    </div>
  );
}
