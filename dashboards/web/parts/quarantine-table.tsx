import { useState } from "preact/hooks";
import { may, path } from "../api-client.ts";
import { formatNumber, formatTime } from "../format.ts";
import { t as common, language, textsOf } from "../i18n/language.ts";
import { texts } from "../i18n/pages/quarantine-texts.ts";
import { useCommand } from "../live/use-command.ts";
import type { QuarantineItem } from "../types.ts";
import { ExportButton } from "./export-button.tsx";
import { Problem } from "./problem.tsx";

const { t, word } = textsOf(texts);

interface RetriedAll extends Record<QuarantineItem["state"], number> {
  /** Why not all were tried. */
  readonly stopped: string | null;
}

interface Retried {
  readonly state: QuarantineItem["state"];
  readonly reason: string | null;
}

/** What was put aside; whoever may set up gateways tries it again, or takes all of it along. */
export function QuarantineTable({
  items,
  onChanged,
}: {
  readonly items: readonly QuarantineItem[] | undefined;
  readonly onChanged: () => void;
}) {
  const { run, isBusy, error } = useCommand();
  const [said, say] = useState("");
  const mayAct = may("gateways.configure");
  const retry = async (id: string) => {
    const reply = await run<Retried>(path`/quarantine/${id}/retry`);
    if (reply === undefined) return;
    say(reply.reason === null ? word("state", reply.state) : word("reason", reply.reason));
    onChanged();
  };
  const retryAll = async () => {
    const reply = await run<RetriedAll>("/quarantine/retry");
    if (reply === undefined) return;
    const { stopped, ...counts } = reply;
    const said = t("retriedAll", counts);
    say(stopped === null ? said : `${said} ${t("journalFull")}`);
    onChanged();
  };
  if (items?.length === 0) return <p class="empty">{common("nothingQuarantined")}</p>;
  return (
    <>
      {mayAct && (
        <p class="tools">
          <button
            type="button"
            data-testid="retry-all"
            disabled={isBusy}
            onClick={() => void retryAll()}
          >
            {t("retryAll")}
          </button>
          <ExportButton path="/quarantine/export" name="export-quarantine" />
          {said !== "" && (
            <span role="status" data-testid="retried">
              {said}
            </span>
          )}
        </p>
      )}
      <Problem error={error} />
      <table class="rows quarantine" data-testid="quarantine">
        <thead>
          <tr>
            <th scope="col">{t("receivedAt")}</th>
            <th scope="col">{t("from")}</th>
            <th scope="col">{t("reason")}</th>
            <th scope="col">{t("samples")}</th>
            <th scope="col">{t("bytes")}</th>
            <th scope="col">{t("state")}</th>
          </tr>
        </thead>
        <tbody>
          {items?.map((item) => (
            <tr key={item.id} data-quarantine-id={item.id}>
              <td data-label={t("receivedAt")}>{formatTime(item.at, language.value)}</td>
              <td class="code" data-label={t("from")}>
                {item.machineId ?? item.gatewayId ?? "–"}
                <small class="id">{item.topic}</small>
              </td>
              <td data-label={t("reason")}>{word("reason", item.reason)}</td>
              <td data-label={t("samples")}>{formatNumber(item.samples, language.value)}</td>
              <td data-label={t("bytes")}>{formatNumber(item.bytes, language.value)}</td>
              <td data-label={t("state")} data-state={item.state}>
                {word("state", item.state)}{" "}
                {mayAct && item.state === "waiting" && (
                  <button type="button" disabled={isBusy} onClick={() => void retry(item.id)}>
                    {t("retry")}
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
