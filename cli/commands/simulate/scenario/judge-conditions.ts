import type { ScenarioCondition } from "@firebreak/simulator/scenarios/scenario-schema.ts";
import type { Ticket } from "@firebreak/tickets/ticket.ts";
import type { Comparisons } from "./compare-truth.ts";
import { judgeFigure } from "./judge-figure.ts";
import type { Outcome } from "./outcome.ts";
import { sameTickets } from "./same-tickets.ts";
import type { OrganisationFigures } from "./service-figures.ts";

export interface JudgedCondition {
  readonly condition: ScenarioCondition["condition"];
  readonly isMet: boolean;
  /** What there was, or every reason why it is not met. */
  readonly detail: string;
}

export interface JudgedRun {
  readonly outcome: Outcome;
  readonly compared: Comparisons;
  /** The same without its events, where a condition asks for it. */
  readonly undisturbed?: Outcome | undefined;
  /** What each organisation came to, where there are some. */
  readonly organisations?: readonly OrganisationFigures[];
}

type Of<Kind extends ScenarioCondition["condition"]> = Extract<
  ScenarioCondition,
  { condition: Kind }
>;

/** What stands against a condition, and what there was. */
interface Finding {
  readonly against: readonly string[];
  readonly was: string;
}

const shownReasons = 5;

export function judgeCondition(condition: ScenarioCondition, run: JudgedRun): JudgedCondition {
  const { against, was } = look(condition, run);
  const more = against.length > shownReasons ? `; and ${against.length - shownReasons} more` : "";
  return {
    condition: condition.condition,
    isMet: against.length === 0,
    detail: against.length === 0 ? was : `${against.slice(0, shownReasons).join("; ")}${more}`,
  };
}

function look(condition: ScenarioCondition, run: JudgedRun): Finding {
  switch (condition.condition) {
    case "one-ticket-each":
      return oneTicketEach(condition, run);
    case "all-found":
      return allFound(condition, run);
    case "no-false-tickets": {
      const { false: wrong } = run.compared;
      const against = wrong.map(({ machineId, faultCode }) => `${machineId}: ${faultCode}`);
      return { against, was: `none on ${run.outcome.machines.length} machines` };
    }
    case "stored-once":
      return storedOnce(condition, run.outcome);
    case "orders-answered": {
      const { orders } = run.outcome;
      const none = orders.length === 0 ? ["nobody ordered anything"] : [];
      const against = orders.flatMap((one) => one.against.map((why) => `${one.order}: ${why}`));
      return { against: [...none, ...against], was: `${orders.length} orders` };
    }
    case "stock-consistent":
      return stockConsistent(condition, run.outcome);
    case "as-undisturbed":
      return asUndisturbed(run);
    case "figure":
      return judgeFigure(condition, run.organisations ?? []);
  }
}

function oneTicketEach(condition: Of<"one-ticket-each">, { outcome }: JudgedRun): Finding {
  const machines = outcome.machines.filter(({ group }) => group === condition.group);
  const against = machines.flatMap(({ machineId }) => {
    const own = outcome.tickets.filter(
      (ticket) => ticket.machineId === machineId && ticket.faultCode === condition.faultCode,
    );
    const work = own.filter(({ kind }) => kind !== "parts");
    const [ticket] = work;
    if (!ticket || work.length > 1) return [`${machineId} has ${work.length} tickets`];
    return reasonsAgainst(ticket, condition).map((reason) => `${machineId} ${reason}`);
  });
  return { against, was: `${machines.length} of ${machines.length} machines have one` };
}

const hourMs = 3_600_000;

function reasonsAgainst(ticket: Ticket, condition: Of<"one-ticket-each">): string[] {
  const { kind, trigger, occurrences = 1, lagHours = 0 } = condition;
  const { timeline, evidence, occurrenceCount, detectionLagMs = 0 } = ticket;
  const people = timeline.filter(({ actor }) => actor.kind === "person");
  const hasWindow = evidence.some(({ from, to }) => Date.parse(from) <= Date.parse(to));
  return [
    ...(ticket.kind === kind ? [] : [`has one of kind ${ticket.kind}`]),
    ...(ticket.trigger === trigger ? [] : [`has one by ${ticket.trigger}`]),
    ...(people.length === 0 ? [] : ["was touched by a person"]),
    ...(hasWindow ? [] : ["has no evidence window"]),
    ...(occurrenceCount >= occurrences ? [] : [`counts ${occurrenceCount} onsets`]),
    ...(detectionLagMs >= lagHours * hourMs
      ? []
      : [`says a lag of ${(detectionLagMs / hourMs).toFixed(2)} h`]),
  ];
}

function allFound({ leadHours }: Of<"all-found">, { compared }: JudgedRun): Finding {
  const missed = compared.missed.map(({ machineId, what }) => `${machineId}: ${what} missed`);
  const late = compared.found.filter(
    (one) => leadHours !== undefined && (one.leadHours ?? -1) < leadHours,
  );
  const words = late.map(
    ({ machineId, what, leadHours: lead }) =>
      `${machineId}: ${what} ${lead === null ? "did not fail" : `found ${lead.toFixed(1)} h before`}`,
  );
  const none = compared.found.length + compared.missed.length === 0 ? ["nothing ever showed"] : [];
  return { against: [...none, ...missed, ...words], was: `${compared.found.length} found` };
}

function storedOnce(
  { sentAgain = 0 }: Of<"stored-once">,
  { machines, sentAgain: again }: Outcome,
): Finding {
  const against = machines.flatMap(({ machineId, storage }) => {
    if (!storage) return [`${machineId}: nothing was read back`];
    const { sent, produced, stored, quarantined, lost, readBack, unordered, differing } = storage;
    const isWhole =
      [produced, stored, readBack].every((count) => count === sent) &&
      [quarantined, lost, unordered, differing.length].every((count) => count === 0);
    return isWhole ? [] : [`${machineId}: ${JSON.stringify(storage)}`];
  });
  const samples = machines.reduce((sum, { storage }) => sum + (storage?.sent ?? 0), 0);
  const none = samples === 0 ? ["nothing was sent"] : [];
  const few = again >= sentAgain ? [] : [`${again} batches went out again`];
  const was = `${samples} samples, ${again} batches sent again`;
  return { against: [...none, ...few, ...against], was };
}

function stockConsistent({ partNo, pieces }: Of<"stock-consistent">, { stock }: Outcome): Finding {
  const { pieces: there = 0, wrong = [] } = stock[partNo] ?? {};
  const lost = there === pieces ? [] : [`${there} pieces instead of ${pieces}`];
  return { against: [...wrong, ...lost], was: `${pieces} pieces of ${partNo}` };
}

function asUndisturbed({ outcome, undisturbed }: JudgedRun): Finding {
  if (!undisturbed) return { against: ["there is no undisturbed run"], was: "" };
  const none = outcome.tickets.length === 0 ? ["there is no ticket to compare"] : [];
  const again =
    outcome.sentAgain === 0 ? ["no batch was sent again, so nothing was disturbed"] : [];
  return {
    against: [...none, ...again, ...sameTickets(undisturbed.tickets, outcome.tickets)],
    was: `${outcome.tickets.length} tickets with the same clocks, ${outcome.sentAgain} batches sent again`,
  };
}
