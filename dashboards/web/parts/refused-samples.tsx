import { useState } from "preact/hooks";
import { may } from "../api-client.ts";
import { formatNumber, formatTime } from "../format.ts";
import { language, textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/quarantine-texts.ts";
import { useCommand } from "../live/use-command.ts";
import { useResource } from "../live/use-resource.ts";
import type { ListOf } from "../types.ts";
import { ExportButton } from "./export-button.tsx";
import { Problem } from "./problem.tsx";

const { t, word } = textsOf(texts);

interface RefusedRow {
  readonly machineId: string | null;
  readonly reason: string;
  readonly samples: number;
  readonly since: string | null;
  readonly mayRetry: boolean;
}

interface Retried {
  readonly taken: number;
  readonly waiting: number;
  readonly stopped: string | null;
}

/** Samples that the telemetry database refused; they are tried again by themselves, or by whoever mended the cause. */
export function RefusedSamples() {
  const list = useResource<ListOf<RefusedRow>>("/quarantine/refused", 15_000);
  const { run, isBusy, error } = useCommand();
  const [said, say] = useState("");
  const rows = list.data?.items ?? [];
  if (rows.length === 0 && said === "") return null;
  const mayAct = may("gateways.configure");
  const retry = async (of: object) => {
    const reply = await run<Retried>("/quarantine/refused/retry", of);
    if (reply === undefined) return;
    const { stopped, taken, waiting } = reply;
    const count = (value: number) => formatNumber(value, language.value);
    const told = t("retriedRefused", { taken: count(taken), waiting: count(waiting) });
    say(stopped === null ? told : `${told} ${word("retryStop", stopped)}`);
    list.reload();
  };
  return (
    <>
      <h2>{t("refused")}</h2>
      <p class="faint">{t("refusedAbout")}</p>
      {mayAct && (
        <p class="tools">
          <button
            type="button"
            data-testid="retry-refused"
            disabled={isBusy}
            onClick={() => void retry({})}
          >
            {t("retryAll")}
          </button>
          <ExportButton path="/quarantine/refused/export" name="export-refused" />
          {said !== "" && <span role="status">{said}</span>}
        </p>
      )}
      <Problem error={error ?? list.error} />
      {rows.length > 0 && (
        <RefusedTable
          rows={rows}
          {...(mayAct && {
            onRetry: ({ machineId, reason }: RefusedRow) =>
              void retry({ machine: machineId, reason }),
          })}
          isBusy={isBusy}
        />
      )}
    </>
  );
}

function RefusedTable({
  rows,
  isBusy,
  onRetry,
}: {
  readonly rows: readonly RefusedRow[];
  readonly isBusy: boolean;
  readonly onRetry?: (row: RefusedRow) => void;
}) {
  return (
    <table class="rows quarantine" data-testid="refused">
      <thead>
        <tr>
          <th scope="col">{t("since")}</th>
          <th scope="col">{t("from")}</th>
          <th scope="col">{t("reason")}</th>
          <th scope="col">{t("samples")}</th>
          {onRetry && <th scope="col">{t("state")}</th>}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={`${row.machineId} ${row.reason}`}>
            <td data-label={t("since")}>
              {row.since === null ? "–" : formatTime(row.since, language.value)}
            </td>
            <td class="code" data-label={t("from")}>
              {row.machineId ?? "–"}
            </td>
            <td data-label={t("reason")}>{row.reason}</td>
            <td data-label={t("samples")}>{formatNumber(row.samples, language.value)}</td>
            {onRetry && (
              <td data-label={t("state")}>
                {row.mayRetry ? (
                  <button type="button" disabled={isBusy} onClick={() => onRetry(row)}>
                    {t("retry")}
                  </button>
                ) : (
                  t("kept")
                )}
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
