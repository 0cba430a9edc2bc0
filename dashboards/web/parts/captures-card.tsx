import { useState } from "preact/hooks";
import { ApiError, download, may, path, post } from "../api-client.ts";
import { formatNumber, formatTime } from "../format.ts";
import { language, textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/captures-texts.ts";
import { useResource } from "../live/use-resource.ts";
import type { CaptureRequestRow, CaptureRow } from "../types.ts";
import { Problem } from "./problem.tsx";

const { t, word } = textsOf(texts);

interface Captures {
  readonly items: readonly CaptureRow[];
  readonly requests: readonly CaptureRequestRow[];
  /** False: no gateway reads this machine, nobody can be asked. */
  readonly canRecord: boolean;
}

const shownOnTicket = 3;
const shownOnMachine = 10;
const isOpen = ({ state }: CaptureRequestRow): boolean =>
  state === "asked" || state === "recording";

/** Recordings of raw frames of a machine, how far they are here, and the means to ask for one. */
export function CapturesCard({
  machineId,
  isOfTicket = false,
}: {
  readonly machineId: string;
  readonly isOfTicket?: boolean;
}) {
  const captures = useResource<Captures>(path`/machines/${machineId}/captures`, 3_000);
  const [error, setError] = useState<ApiError>();
  const { items = [], requests = [], canRecord = false } = captures.data ?? {};
  const mayAsk = canRecord && may("machines.record");
  if (captures.data === undefined) return <Problem error={captures.error} />;
  if (items.length === 0 && !mayAsk) return null;
  const attempt = async (work: () => Promise<unknown>) => {
    setError(undefined);
    try {
      await work();
    } catch (problem) {
      setError(problem instanceof ApiError ? problem : new ApiError("UNREACHABLE", 0));
    }
    captures.reload();
  };
  const [newest] = requests;
  return (
    <section class="card" data-testid="captures">
      <div class="card-head">
        <h2>{t("captures")}</h2>
        {mayAsk && (
          <button
            type="button"
            class="quiet"
            data-testid="request-capture"
            disabled={newest !== undefined && isOpen(newest)}
            onClick={() => void attempt(() => post(path`/machines/${machineId}/captures`, {}))}
          >
            {t("ask")}
          </button>
        )}
      </div>
      <p class="lead">{t(isOfTicket ? "evidenceAbout" : "about")}</p>
      <Problem error={error ?? captures.error} />
      {newest && newest.state !== "stored" && (
        <p role="status" data-testid="capture-request" data-state={newest.state}>
          {newest.state === "failed"
            ? word("requestDetail", newest.detail)
            : word("requestState", newest.state)}
        </p>
      )}
      {items.length === 0 && <p class="empty">{t("none")}</p>}
      <ul class="plain-list captures">
        {items.slice(0, isOfTicket ? shownOnTicket : shownOnMachine).map((capture) => (
          <CaptureLine
            key={capture.id}
            capture={capture}
            onDownload={() =>
              void attempt(() =>
                download(
                  path`/machines/${machineId}/captures/${String(capture.id)}/text`,
                  () => undefined,
                ),
              )
            }
          />
        ))}
      </ul>
    </section>
  );
}

function CaptureLine({
  capture,
  onDownload,
}: {
  readonly capture: CaptureRow;
  readonly onDownload: () => void;
}) {
  const { id, code, format, records, bytes, last, state } = capture;
  const number = (value: number) => formatNumber(value, language.value, 0);
  const counts = { count: number(records), size: number(bytes / 1_000) };
  return (
    <li data-row={id} data-state={state}>
      <div>
        <b>{formatTime(last, language.value)}</b>{" "}
        {code ? t("codeOf", { spn: code.spn, fmi: code.fmi, sa: code.sa }) : t("onRequest")}
        <p class="faint">
          {t(format === "modbus" ? "exchanges" : "records", counts)} · {stateText(capture)}
        </p>
      </div>
      {state === "there" && may("machines.record") && (
        <button type="button" class="quiet" data-testid="download-capture" onClick={onDownload}>
          {t("download")}
        </button>
      )}
    </li>
  );
}

function stateText({ state, detail, receivedBytes, fetchBytes }: CaptureRow): string {
  if (detail !== "") return word("captureDetail", detail);
  if (state !== "arriving") return word("captureState", state);
  return t("arrivingAt", { percent: Math.floor((100 * receivedBytes) / Math.max(1, fetchBytes)) });
}
