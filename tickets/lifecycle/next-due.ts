import { isLive, type SlaClock } from "../sla/sla-clock.ts";
import type { Ticket } from "../ticket.ts";
import { isOpen } from "../vocabulary.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, plus } from "./step.ts";
import { isProving, nextClockLookAt } from "./work-clocks.ts";
import type { WorkPolicy } from "./work-policy.ts";

/** What a ticket wants done by itself. */
export type DueStep =
  | "release"
  | "overdue"
  | "assign"
  | "time-out-acceptance"
  | "clocks"
  | "remind-hold"
  | "auto-close";

export interface Due {
  readonly step: DueStep;
  /** ISO instant. */
  readonly at: string;
}

/** Everything a ticket waits for by itself, earliest first; empty when only people can move it. Pure. */
export function duesOf(ticket: Ticket, policy: WorkPolicy): Due[] {
  if (!isOpen(ticket.state)) return [];
  const dues: (Due | undefined)[] = [
    due("clocks", nextClockLookAt(ticket)),
    ...(ticket.kind === "parts" ? [] : ofWork(ticket, policy)),
  ];
  return dues
    .filter((one) => one !== undefined)
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

const due = (step: DueStep, at: string | undefined): Due | undefined =>
  at === undefined ? undefined : { step, at };

function ofWork(ticket: Ticket, policy: WorkPolicy): (Due | undefined)[] {
  const { state, dueWindow, assignment, hold, followUpAt, closeBlockedAt } = ticket;
  const isUnaccepted = state === "assigned" && assignment?.acceptedAt === undefined;
  const remindedAt = hold?.remindedAt ?? hold?.since;
  const closing = closeBlockedAt
    ? plus(closeBlockedAt, DAY_MS)
    : followUpAt && plus(followUpAt, policy.autoCloseDays * DAY_MS);
  return [
    state === "planned" ? due("release", dueWindow?.from) : undefined,
    isWaitingInWindow(ticket) ? due("overdue", dueWindow && plus(dueWindow.to, 1)) : undefined,
    due("assign", automaticAssignmentAt(ticket, policy)),
    isUnaccepted ? due("time-out-acceptance", assignment?.acceptBy) : undefined,
    state === "on_hold" && remindedAt !== undefined
      ? due("remind-hold", reminderAt(hold?.until, remindedAt, policy))
      : undefined,
    state === "follow_up" ? due("auto-close", closing) : undefined,
  ];
}

/** Calendar work that was not done in its time becomes general (§3.10). */
const isWaitingInWindow = (ticket: Ticket): boolean =>
  ticket.priority === "planned" && ticket.dueWindow !== undefined && !isProving(ticket);

function reminderAt(until: string | undefined, last: string, policy: WorkPolicy): string {
  const usual = plus(last, policy.holdReminderHours * HOUR_MS);
  return until !== undefined && until > last && until < usual ? until : usual;
}

/** An emergency nobody took on is given to somebody; a machine's at once after the time, and again after a failure. */
function automaticAssignmentAt(ticket: Ticket, policy: WorkPolicy): string | undefined {
  const { state, priority, createdAt, nobodyFoundAt, rejectedBy } = ticket;
  if (priority !== "emergency" || !policy.assignsItself) return undefined;
  const isLeft = state === "new" || (state === "acknowledged" && rejectedBy.length > 0);
  if (!isLeft) return undefined;
  if (nobodyFoundAt !== undefined)
    return plus(nobodyFoundAt, policy.assignAgainMinutes * MINUTE_MS);
  return state === "new"
    ? plus(createdAt, policy.assignAfterMinutes * MINUTE_MS)
    : ticket.updatedAt;
}

/** The live clock that is due first; paused ones are not due at any time. */
export function firstDue(ticket: Pick<Ticket, "sla">): SlaClock | undefined {
  return ticket.sla
    .filter((clock) => isLive(clock) && clock.status !== "paused")
    .sort((a, b) => Date.parse(a.dueAt) - Date.parse(b.dueAt))[0];
}
