import { cancelClocks } from "../sla/clock-actions.ts";
import { advanceClock, nextLookAt } from "../sla/clock-levels.ts";
import { type ClockKind, isLive, type SlaClock, type SlaTarget } from "../sla/sla-clock.ts";
import { type KindTarget, targetsOf } from "../sla/sla-targets.ts";
import { addClock, raiseClocks, startTargets } from "../sla/ticket-clocks.ts";
import type { Ticket } from "../ticket.ts";
import type { TicketFacts } from "../ticket-facts.ts";
import type { Priority, TicketState } from "../vocabulary.ts";
import type { Step } from "./step.ts";

type Clocks = readonly SlaClock[];

const plannedTriggers: readonly string[] = ["calendar", "service_hours", "peak_season"];

/** Found by a plan, not by a fault: it waits in `planned` until its time comes. */
export const isPlannedWork = ({ trigger }: Pick<Ticket, "trigger">): boolean =>
  plannedTriggers.includes(trigger);

/** Nobody waits on the telephone for these: sending somebody is answer enough. */
export const isOfMachine = ({ channel, customerReported }: Ticket): boolean =>
  channel === "machine" && !customerReported;

/** Transitions 1 and 2: what runs from the opening on. */
export function openingClocks(facts: TicketFacts, step: Step): SlaClock[] {
  const { terms, at } = step;
  if (!terms || facts.kind === "parts") return [];
  const { calendar, level } = terms;
  const targets = targetsOf(level, facts.priority, facts.trigger);
  const clocks = startTargets([], targets, { from: "opening", at, calendar });
  const hasWindow = isPlannedWork(facts) || facts.trigger === "predicted_failure";
  if (!hasWindow || !facts.dueWindow) return clocks;
  return addClock(
    clocks,
    { kind: "due_window", at, target: windowTarget(facts.dueWindow) },
    calendar,
  );
}

export const windowTarget = ({ to }: { readonly to: string }): SlaTarget => ({ until: to });

/** MR-4. */
export function raisedClocks(ticket: Ticket, priority: Priority, step: Step): Clocks {
  const { terms, at } = step;
  if (!terms || ticket.kind === "parts") return ticket.sla;
  const owed = targetsOf(terms.level, priority, ticket.trigger).filter(({ kind }) =>
    isStillOwed(ticket, kind),
  );
  return raiseClocks(ticket.sla, owed, { at, calendar: terms.calendar });
}

/** A promise that was kept, or that its turn is past, is not made again by a raised priority. */
function isStillOwed(ticket: Ticket, kind: ClockKind): boolean {
  if (kind === "response") return ticket.state === "new" || ticket.state === "planned";
  if (kind === "arrival") return ticket.visits === 0 || hasLive(ticket.sla, "arrival");
  return true;
}

const hasLive = (clocks: Clocks, kind: ClockKind): boolean =>
  clocks.some((clock) => clock.kind === kind && isLive(clock));

/** Of the promises that begin at `from`, those of one kind; nothing is started twice. */
export function startPromised(
  ticket: Ticket,
  clocks: Clocks,
  want: { readonly from: KindTarget["from"]; readonly kind: ClockKind },
  { terms, at }: Step,
): Clocks {
  if (!terms) return clocks;
  const trigger = want.kind === "dispatch_confirmation" ? "customer_report" : ticket.trigger;
  const targets = targetsOf(terms.level, ticket.priority, trigger).filter(
    ({ kind }) => kind === want.kind && !hasLive(clocks, kind),
  );
  return startTargets(clocks, targets, { from: want.from, at, calendar: terms.calendar });
}

/** Starts a clock that no profile names, such as the report's two hours, unless it runs already. */
export function startClockOf(
  clocks: Clocks,
  kind: ClockKind,
  target: SlaTarget,
  { terms, at }: Step,
): Clocks {
  if (!terms || hasLive(clocks, kind)) return clocks;
  return addClock(clocks, { kind, at, target }, terms.calendar);
}

/** At an end: what still runs is no longer asked for. */
export const endedClocks = (ticket: Ticket, at: string): Clocks => cancelClocks(ticket.sla, at);

export const provingStates: readonly TicketState[] = ["work_done", "verifying", "follow_up"];
export const endedByProof: readonly ClockKind[] = ["resolution", "due_window"];

/** The work is done, and proof of it is waited for. */
export const isProving = ({ state }: Pick<Ticket, "state">): boolean =>
  provingStates.includes(state);

/** Waiting for proof burns neither the resolution nor the window: they will be stopped as of the finish (§3.9, 20). */
const isWatched = (ticket: Ticket, { kind }: SlaClock): boolean =>
  !(endedByProof.includes(kind) && isProving(ticket));

export const advancedClocks = (ticket: Ticket, at: string) =>
  ticket.sla.flatMap((clock) => {
    const advanced =
      isLive(clock) && isWatched(ticket, clock) ? advanceClock(clock, at) : undefined;
    return advanced && advanced.reached.length > 0 ? [advanced] : [];
  });

/** When a clock of the ticket next has something to say, ISO instant. */
export const nextClockLookAt = (ticket: Ticket): string | undefined =>
  nextLookAt(ticket.sla.filter((clock) => isLive(clock) && isWatched(ticket, clock)));
