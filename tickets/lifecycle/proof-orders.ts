import { stopClock, stopClocks } from "../sla/clock-actions.ts";
import type { SlaClock } from "../sla/sla-clock.ts";
import { followUpTarget } from "../sla/sla-targets.ts";
import type { Ticket } from "../ticket.ts";
import type { EventResult, TicketEvent } from "../ticket-event.ts";
import { openStates, type TicketState } from "../vocabulary.ts";
import { acceptBy } from "./dispatch-orders.ts";
import { clockResults } from "./reporting-orders.ts";
import { DAY_MS, guard, type Step, type TicketPatch, withClocks } from "./step.ts";
import { endedByProof, endedClocks, startClockOf, startPromised } from "./work-clocks.ts";
import type { ProofOrder, ProvingOrder } from "./work-order.ts";
import type { Assignment } from "./work-shapes.ts";

/** From which states an order is legal. */
export const proofLegalFrom: Readonly<Record<ProofOrder["type"], readonly TicketState[]>> = {
  "submit-report": ["work_done"],
  "verification-passed": ["verifying"],
  "verification-confirmed": ["verifying"],
  "verification-not-applicable": ["verifying"],
  "verification-inconclusive": ["verifying"],
  "verification-failed": ["verifying"],
  "follow-up-done": ["follow_up"],
  "auto-close": ["follow_up"],
  "note-blocked": ["follow_up"],
  close: ["acknowledged"],
  // In follow-up it is the customer who says, before anybody closed it, that it is not solved.
  reopen: ["closed", "follow_up"],
  "advance-clocks": openStates,
};

/** The events of an order on a ticket whose state allows it. Pure. */
export function proofResults(ticket: Ticket, order: ProofOrder, step: Step): EventResult[] {
  switch (order.type) {
    case "submit-report":
      return [reported(ticket, order, step)];
    case "verification-inconclusive":
      return [{ type: "verification-inconclusive", detail: order.detail }];
    case "verification-passed":
    case "verification-confirmed":
    case "verification-not-applicable":
      return [proved(ticket, order, step)];
    case "verification-failed": {
      const { detail, findingId } = order;
      return [
        withClocks(
          ticket,
          {
            type: "verification-failed",
            detail,
            ...(findingId === undefined ? {} : { findingId }),
            ...againAssigned(ticket, step),
          },
          startPromised(ticket, ticket.sla, { from: "opening", kind: "arrival" }, step),
        ),
      ];
    }
    case "follow-up-done":
    case "auto-close":
      return [closedAfterFollowUp(ticket, order, step)];
    case "note-blocked":
      return [{ type: "close-blocked", blockers: [...order.blockers] }];
    case "close":
      return [closedByDispatcher(ticket, order, step)];
    case "reopen":
      return [reopened(ticket, order, step)];
    case "advance-clocks":
      return clockResults(ticket, step);
  }
}

function reported(
  ticket: Ticket,
  order: Extract<ProofOrder, { type: "submit-report" }>,
  step: Step,
): EventResult {
  const { reportId, cause, solution, preventionAdvice, faultCode, causeId } = order;
  for (const [name, text] of Object.entries({ cause, solution, preventionAdvice }))
    guard(text.trim() !== "", `the report has no ${name} (SR-3)`);
  const isWithoutFinding =
    ticket.kind === "inspection" && isFree(ticket) && !hasComeSinceFinish(ticket);
  const stopped = stopClocks(ticket.sla, "report_upload", step.at);
  return withClocks(
    ticket,
    {
      type: "report-submitted",
      reportId,
      ...(faultCode === undefined ? {} : { faultCode }),
      ...(causeId === undefined ? {} : { causeId }),
      isWithoutFinding,
    },
    isWithoutFinding ? followedUp(restored(ticket, stopped), step) : stopped,
  );
}

/** An inspection that found nothing, or that no finding had asked for: there is nothing to be proved. */
const isFree = ({ outcome, evidenceCount }: Ticket): boolean =>
  outcome === "no_fault_found" || evidenceCount === 0;

/** What the machine has said since the work was done, whoever found nothing before. */
export const hasComeSinceFinish = ({ timeline, finishedAt }: Ticket): boolean =>
  finishedAt !== undefined &&
  timeline.some(
    (event) =>
      event.type === "evidence-added" &&
      event.isOccurrence &&
      Date.parse(event.machineAt) > Date.parse(finishedAt),
  );

function proved(ticket: Ticket, { type, detail }: ProvingOrder, step: Step): EventResult {
  if (type === "verification-confirmed")
    guard(step.actor.kind === "person", "a person confirms, not a program");
  return withClocks(ticket, { type, detail }, followedUp(restored(ticket, ticket.sla), step));
}

/** Waiting for proof does not burn the clock: the resolution counts from the finish. */
const restored = (ticket: Ticket, clocks: readonly SlaClock[]): SlaClock[] =>
  clocks.map((clock) =>
    endedByProof.includes(clock.kind)
      ? stopClock(clock, ticket.finishedAt ?? ticket.updatedAt)
      : clock,
  );

const followedUp = (clocks: readonly SlaClock[], step: Step): readonly SlaClock[] =>
  startClockOf(clocks, "follow_up", followUpTarget, step);

/** TK-5. */
function closedAfterFollowUp(
  ticket: Ticket,
  { type, note, blockers }: Extract<ProofOrder, { type: "follow-up-done" | "auto-close" }>,
  { at }: Step,
): EventResult {
  guard(blockers.length === 0, `still open for ${ticket.ticketId}: ${blockers.join(", ")} (TK-5)`);
  guard(ticket.reportId !== undefined, "there is no service report (TK-5)");
  const status = ticket.verification?.status;
  guard(status !== "pending" && status !== "failed", "the repair is not verified (TK-5)");
  const clocks = endedClocks({ ...ticket, sla: stopClocks(ticket.sla, "follow_up", at) }, at);
  const how = type === "auto-close" ? "auto" : "follow_up";
  const outcome = ticket.outcome ?? "no_fault_found";
  return withClocks(ticket, { type: "closed", outcome, note, how }, clocks);
}

function closedByDispatcher(
  ticket: Ticket,
  { outcome, note }: Extract<ProofOrder, { type: "close" }>,
  { at, actor }: Step,
): EventResult {
  guard(actor.kind === "person", "only a person closes a ticket nobody worked on");
  guard(
    ticket.safetyRelated !== true,
    "a safety-related ticket is closed after work and proof only",
  );
  const how = "dispatcher";
  return withClocks(ticket, { type: "closed", outcome, note, how }, endedClocks(ticket, at));
}

/** MR-7: the same fault within the time, or a customer who says that it is not solved. */
function reopened(
  ticket: Ticket,
  { cause, reason, findingId }: Extract<ProofOrder, { type: "reopen" }>,
  step: Step,
): EventResult {
  const sinceMs = Date.parse(step.at) - Date.parse(ticket.closedAt ?? ticket.updatedAt);
  guard(
    cause === "customer" || sinceMs <= step.policy.reopenDays * DAY_MS,
    `closed more than ${step.policy.reopenDays} days ago`,
  );
  return withClocks(
    ticket,
    {
      type: "reopened",
      cause,
      reason,
      ...(findingId === undefined ? {} : { findingId }),
      ...againAssigned(ticket, step),
    },
    startPromised(
      ticket,
      stopClocks(ticket.sla, "follow_up", step.at),
      { from: "opening", kind: "arrival" },
      step,
    ),
  );
}

/** To the engineer who had it: anew, so that the engineer says yes or no. */
function againAssigned(ticket: Ticket, step: Step): { assignment?: Assignment } {
  if (!ticket.assignment) return {};
  const { acceptedAt: _acceptedAt, ...assignment } = ticket.assignment;
  return { assignment: { ...assignment, at: step.at, acceptBy: acceptBy(ticket, step) } };
}

/** What such an event changes; undefined for all others. Pure. */
export function proofChange(ticket: Ticket, event: TicketEvent): TicketPatch | undefined {
  switch (event.type) {
    case "report-submitted": {
      const { reportId, faultCode, causeId, isWithoutFinding, at } = event;
      return {
        reportId,
        ...(faultCode === undefined
          ? {}
          : { confirmedFault: { faultCode, ...(causeId === undefined ? {} : { causeId }) } }),
        ...(isWithoutFinding
          ? { ...inFollowUp(ticket, at), verification: notApplicable("nothing was found") }
          : { state: "verifying" }),
      };
    }
    case "verification-passed":
    case "verification-confirmed":
      return {
        ...inFollowUp(ticket, event.at),
        verification: { status: "passed", detail: event.detail },
      };
    case "verification-not-applicable":
      return { ...inFollowUp(ticket, event.at), verification: notApplicable(event.detail) };
    case "verification-inconclusive":
      return { verification: { status: "inconclusive", detail: event.detail } };
    case "verification-failed":
      return {
        ...again(ticket, event.assignment),
        verification: { status: "failed", detail: event.detail },
      };
    case "reopened":
      return { ...again(ticket, event.assignment), verification: undefined, closedAt: undefined };
    case "close-blocked":
      return { closeBlockedAt: event.at };
    default:
      return undefined;
  }
}

const notApplicable = (detail: string) => ({ status: "not_applicable", detail }) as const;

const inFollowUp = (ticket: Ticket, at: string): TicketPatch => ({
  state: "follow_up",
  followUpAt: at,
  ...(ticket.finishedAt === undefined ? {} : { restoredAt: ticket.finishedAt }),
});

/** Without anybody assigned it waits for a dispatcher. */
function again(ticket: Ticket, assignment: Assignment | undefined): TicketPatch {
  const last = ticket.visitLog.at(-1);
  return {
    state: assignment ? "assigned" : "acknowledged",
    ...(assignment ? { assignment } : {}),
    outcome: "not_fixed",
    reopenCount: ticket.reopenCount + 1,
    restoredAt: undefined,
    followUpAt: undefined,
    closeBlockedAt: undefined,
    ...(last
      ? { visitLog: [...ticket.visitLog.slice(0, -1), { ...last, outcome: "not_fixed" as const }] }
      : {}),
  };
}
