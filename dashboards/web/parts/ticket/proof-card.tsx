import type { VerificationProgress } from "@firebreak/tickets/field/field-desk.ts";
import type { ServiceReport } from "@firebreak/tickets/field/service-report.ts";
import { useEffect } from "preact/hooks";
import { path } from "../../api-client.ts";
import { durationText, formatNumber, formatTime } from "../../format.ts";
import { inLanguage, language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/ticket-texts.ts";
import { useResource } from "../../live/use-resource.ts";
import type { NameOf } from "../../names.ts";
import type { ListOf, Ticket } from "../../types.ts";
import { proofText } from "./proof-text.ts";

const { t, word } = textsOf(texts);

interface Props {
  readonly ticket: Ticket;
  readonly nameOf: NameOf;
}

/** How far the proof of the repair is; it counts on by itself while the machine works. */
export function ProofCard({ ticket }: Pick<Props, "ticket">) {
  const isProving = ticket.state === "verifying" || ticket.state === "work_done";
  const { verification, ticketId } = ticket;
  const { data } = useResource<VerificationProgress | null>(
    verification && path`/tickets/${ticketId}/verification`,
    isProving ? 10_000 : undefined,
  );
  if (!verification) return null;
  const { operatingSeconds, neededSeconds } = data ?? {};
  const detail = proofText(verification.detail || (isProving ? (data?.detail ?? "") : ""), (code) =>
    faultName(ticket, code),
  );
  return (
    <section class="card" data-testid="proof">
      <div class="card-head">
        <h2>{t("proof")}</h2>
        <span class={`chip proof ${verification.status}`} data-value={verification.status}>
          {word("proof", verification.status)}
        </span>
      </div>
      {isProving && operatingSeconds !== undefined && neededSeconds !== undefined && (
        <>
          <progress max={neededSeconds} value={Math.min(operatingSeconds, neededSeconds)} />
          <p data-field="operatingSeconds" data-value={operatingSeconds}>
            {t("operated", {
              done: durationText(operatingSeconds, language.value),
              needed: durationText(neededSeconds, language.value),
            })}
          </p>
        </>
      )}
      {detail !== "" && <p class="faint">{detail}</p>}
    </section>
  );
}

function faultName({ candidateFaults }: Ticket, code: string): string {
  const fault = candidateFaults.find(({ faultCode }) => faultCode === code);
  return fault ? inLanguage(fault.title) : code;
}

/** Service reports with what was tried and fitted. */
export function ReportCards({ ticket, nameOf }: Props) {
  const isLikely = ticket.attemptCount > 0 || ticket.reportId !== undefined;
  const { data, reload } = useResource<ListOf<ServiceReport>>(
    isLikely ? path`/tickets/${ticket.ticketId}/service-reports` : undefined,
  );
  // Written while the page is open, or corrected afterwards.
  useEffect(reload, [reload, ticket.reportId, ticket.state]);
  if (!data || data.items.length === 0) return null;
  return (
    <section class="card" data-testid="reports">
      <h2>{t("reports")}</h2>
      {data.items.map((report) => (
        <Report key={report.reportId} {...{ report, ticket, nameOf }} />
      ))}
    </section>
  );
}

function Report({ report, ticket, nameOf }: Props & { readonly report: ServiceReport }) {
  const { content, reportId, revision, state, engineerId, at } = report;
  const cause = ticket.candidateFaults
    .flatMap(({ causes }) => causes)
    .find(({ id }) => id === content.rootCause?.causeId);
  const facts = [
    ["symptom", content.symptom],
    ["cause", cause && inLanguage(cause.text)],
    ["solution", content.solution],
    ["prevention", content.preventionAdvice],
    [
      "fitted",
      content.partsUsed.map(({ partNo, quantity }) => `${quantity} × ${partNo}`).join(", "),
    ],
  ] as const;
  return (
    <article class="report" data-row={reportId}>
      <p class="faint">
        {[
          word("report", state),
          nameOf(engineerId),
          formatTime(at, language.value),
          ...(revision > 1 ? [t("revision", { number: revision })] : []),
          t("labour", {
            hours: formatNumber(content.labourHours, language.value, 1),
            km: formatNumber(content.travelKm, language.value, 0),
          }),
        ].join(" · ")}
      </p>
      <dl class="facts">
        {facts.map(
          ([name, said]) =>
            said && (
              <div key={name}>
                <dt>{t(name)}</dt>
                <dd>{said}</dd>
              </div>
            ),
        )}
      </dl>
      <ol class="attempts" aria-label={t("attempts")}>
        {content.attempts.map(({ judgement, handling, result }, index) => (
          <li key={String(index)}>
            {judgement} → {handling} → <b>{word("result", result)}</b>
          </li>
        ))}
      </ol>
    </article>
  );
}
