import type { Ticket } from "@firebreak/tickets/ticket.ts";
import { type MachineOutcome, type Outcome, speaksOf, type TrueProblem } from "./outcome.ts";

/** One thing that really was the matter, and the first ticket that says so. */
export interface Comparison {
  readonly machineId: string;
  readonly what: string;
  readonly faultCode: string;
  readonly visibleAt: string | null;
  readonly failedAt: string | null;
  readonly ticketId: string | null;
  readonly openedAt: string | null;
  /** From the ticket to the failure; null without one of them, negative when it came too late. */
  readonly leadHours: number | null;
}

export interface Comparisons {
  /** Every problem that showed: one that was never visible in any signal can be found by nobody. */
  readonly found: readonly Comparison[];
  readonly missed: readonly Comparison[];
  /** Tickets that machines opened while nothing was the matter with them. */
  readonly false: readonly Ticket[];
  /** Tickets that name another failure mode on a machine that has one: it may have followed. */
  readonly others: readonly Ticket[];
}

const hourMs = 3_600_000;
/** Tickets that are a claim about what is wrong with a machine. */
const claims: ReadonlySet<Ticket["trigger"]> = new Set(["anomaly", "dtc", "predicted_failure"]);

const isClaim = ({ trigger, kind }: Ticket) => claims.has(trigger) && kind !== "parts";

/** Found, missed and false on the scenario's machines, as a person would count who knows the truth. */
export function compareWithTruth({ machines, tickets }: Outcome): Comparisons {
  const own = new Set(machines.map(({ machineId }) => machineId));
  const claimed = tickets.filter((one) => isClaim(one) && own.has(one.machineId ?? ""));
  const compared = machines.flatMap((machine) =>
    machine.problems
      .filter(({ visibleAt }) => visibleAt !== null)
      .map((problem) => compare(machine, problem, claimed)),
  );
  const problemsOf = new Map(machines.map(({ machineId, problems }) => [machineId, problems]));
  const begun = (ticket: Ticket) =>
    (problemsOf.get(ticket.machineId ?? "") ?? []).filter(({ from }) => from <= ticket.createdAt);
  const isMeant = (ticket: Ticket) => begun(ticket).some((problem) => speaksOf(ticket, problem));
  return {
    found: compared.filter(({ ticketId }) => ticketId !== null),
    missed: compared.filter(({ ticketId }) => ticketId === null),
    false: claimed.filter((ticket) => begun(ticket).length === 0),
    others: claimed.filter((ticket) => begun(ticket).length > 0 && !isMeant(ticket)),
  };
}

function compare(
  { machineId }: MachineOutcome,
  problem: TrueProblem,
  claimed: readonly Ticket[],
): Comparison {
  const { what, faultCode, from, visibleAt, failedAt } = problem;
  const first = claimed.find(
    (ticket) =>
      ticket.machineId === machineId && ticket.createdAt >= from && speaksOf(ticket, problem),
  );
  const leadMs = first && failedAt ? Date.parse(failedAt) - Date.parse(first.createdAt) : null;
  return {
    ...{ machineId, what, faultCode, visibleAt, failedAt },
    ticketId: first?.ticketId ?? null,
    openedAt: first?.createdAt ?? null,
    leadHours: leadMs === null ? null : leadMs / hourMs,
  };
}
