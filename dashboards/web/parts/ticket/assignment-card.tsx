import type { DispatchReason } from "@firebreak/tickets/dispatch/dispatch-reason.ts";
import { reasonText, reasonTexts } from "@firebreak/tickets/dispatch/reason-texts.ts";
import { formatTime } from "../../format.ts";
import { word as common, language, textsOf } from "../../i18n/language.ts";
import { texts } from "../../i18n/pages/ticket-texts.ts";
import type { NameOf } from "../../names.ts";
import type { Ticket } from "../../types.ts";

const { t, word } = textsOf(texts);

interface Props {
  readonly ticket: Ticket;
  readonly nameOf: NameOf;
}

/** Who goes and why this one; every journey so far. */
export function AssignmentCard({ ticket, nameOf }: Props) {
  const { assignment, visitLog } = ticket;
  if (!assignment && visitLog.length === 0) return null;
  const time = (at: string) => formatTime(at, language.value);
  return (
    <section class="card" data-testid="assignment">
      <h2>{t("assignment")}</h2>
      {assignment && (
        <>
          <p class="engineer-line">
            <b data-field="engineerId" data-value={assignment.engineerId}>
              {nameOf(assignment.engineerId)}
            </b>
            {assignment.acceptedAt !== undefined ? (
              <span>{t("accepted", { time: time(assignment.acceptedAt) })}</span>
            ) : (
              assignment.acceptBy !== undefined &&
              ticket.state === "assigned" && (
                <span>{t("acceptBy", { time: time(assignment.acceptBy) })}</span>
              )
            )}
            {assignment.arrivalEstimateAt !== undefined && ticket.visits === 0 && (
              <span>{t("arrivesAt", { time: time(assignment.arrivalEstimateAt) })}</span>
            )}
          </p>
          {assignment.overridden && (
            <p class="overridden" data-field="overridden">
              {assignment.overridden.suggestedEngineerId === undefined
                ? t("overriddenAlone", { reason: assignment.overridden.reason })
                : t("overriddenFor", {
                    name: nameOf(assignment.overridden.suggestedEngineerId),
                    reason: assignment.overridden.reason,
                  })}
            </p>
          )}
          <ul class="why">
            {assignment.isAutomatic && <li>{t("automatic")}</li>}
            {assignment.reasons.map((reason) => (
              <li key={reason.code}>{reasonWords(reason)}</li>
            ))}
          </ul>
          {assignment.runnerUp && (
            <p class="faint" data-field="runnerUp" data-value={assignment.runnerUp.engineerId}>
              {t("runnerUpIs", { name: nameOf(assignment.runnerUp.engineerId) })}
            </p>
          )}
        </>
      )}
      {visitLog.length > 0 && (
        <ol class="plain" data-testid="visits">
          {visitLog.map(({ visitNo, engineerId, departedAt, arrivedAt, leftAt, outcome }) => (
            <li key={visitNo} data-row={visitNo}>
              <b>{t("visitNo", { number: visitNo })}</b>
              {outcome !== undefined && (
                <span class={`chip result-${outcome}`} data-value={outcome}>
                  {common("outcome", outcome)}
                </span>
              )}
              <span>{nameOf(engineerId)}</span>
              <span class="faint">
                {[
                  t("setOut", { time: time(departedAt) }),
                  arrivedAt && t("arrivedAt", { time: time(arrivedAt) }),
                  leftAt && t("leftAt", { time: time(leftAt) }),
                ]
                  .filter(Boolean)
                  .join(" · ")}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

const isKnown = (reason: { readonly code: string }): reason is DispatchReason =>
  Object.hasOwn(reasonTexts, reason.code);

/** A stored reason in words; one that is newer than this page shows its code. */
export const reasonWords = (
  reason: NonNullable<Ticket["assignment"]>["reasons"][number],
): string =>
  isKnown(reason)
    ? reasonText(reason, language.value, (value) => word("level", String(value)))
    : reason.code;
