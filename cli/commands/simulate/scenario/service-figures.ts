import type {
  FigureName,
  Organisation,
} from "@firebreak/simulator/scenarios/organisation-schema.ts";
import type { Ticket } from "@firebreak/tickets/ticket.ts";
import { type MachineOutcome, type Outcome, speaksOf } from "./outcome.ts";

/** A figure of one organisation: of many values, or one alone. */
export interface Figure {
  /** Null where there is nothing to make it of. */
  readonly mean: number | null;
  readonly least: number | null;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly count: number;
}

export interface OrganisationFigures {
  readonly name: string;
  readonly title: Organisation["title"];
  readonly figures: Readonly<Record<FigureName, Figure>>;
  readonly tickets: number;
  readonly calls: number;
  readonly refused: Readonly<Record<string, number>>;
}

/** When faults come to failure where nobody acts, by machine and fault: the true dates. */
export type TrueFailures = ReadonlyMap<string, string>;

const hourMs = 3_600_000;
/** The arrival promised in an emergency (tiered_3 of the domain: 12 h). */
const emergencyHours = 12;

/** Figures of §4.3 of the domain, out of tickets and truth. Times are of the scenario. */
export function figuresOf(
  { name, title }: Pick<Organisation, "name" | "title">,
  outcome: Outcome,
  of: { readonly endMs: number; readonly failures: TrueFailures },
): OrganisationFigures {
  const { tickets, service } = outcome;
  const work = tickets.filter(isOfFault);
  const visited = work.filter(({ visits }) => visits > 0);
  const arrivals = emergencyArrivals(outcome, work);
  const parents = new Set(work.map(({ ticketId }) => ticketId));
  const children = tickets.filter(({ parentId = "" }) => parents.has(parentId));
  return {
    ...{ name, title, tickets: work.length, calls: service?.calls.length ?? 0 },
    refused: service?.refused ?? {},
    figures: {
      arrivalHours: figure(visited.flatMap((one) => arrivalOf(one, one.createdAt))),
      emergencyArrivalHours: figure(arrivals),
      emergencySlaMet: figure(arrivals.map((hours) => Number(hours <= emergencyHours))),
      partsHours: figure(partsCycles(children, () => true)),
      corePartsHours: figure(
        partsCycles(children, (partNo) => service?.coreParts.includes(partNo) ?? false),
      ),
      waitingShare: figure(visited.map((one) => Number(hasWaited(one)))),
      downtimeHours: figure(outcome.machines.map((one) => downtime(one, tickets, of.endMs))),
      failures: figure(outcome.machines.map(({ problems }) => stopsIn(problems).length)),
      turnover: single(service?.turnover),
      leadDays: figure(leads(outcome, work, of.failures).map(({ days }) => days)),
      partsBeforeFailure: figure(partsInTime(outcome, work, of.failures)),
      firstTimeFixRate: single(service?.firstTimeFixRate),
    },
  };
}

/** Of faults that stop the machine. */
export const failuresIn = ({ machines }: Outcome): TrueFailures =>
  new Map(
    machines.flatMap(({ machineId, problems }) =>
      problems.flatMap(({ what, failedAt }) =>
        failedAt === null ? [] : [[`${machineId}/${what}`, failedAt] as const],
      ),
    ),
  );

const claims = ["anomaly", "dtc", "predicted_failure", "customer_report"];
const isOfFault = ({ kind, trigger, state }: Ticket): boolean =>
  kind !== "parts" && claims.includes(trigger) && state !== "merged";

const stopsIn = (problems: MachineOutcome["problems"]) =>
  problems.filter(({ stopsTheMachine, failedAt }) => stopsTheMachine && failedAt !== null);

const hoursBetween = (from: string, to: string): number =>
  (Date.parse(to) - Date.parse(from)) / hourMs;

/** Of the first visit that had not ended at that time; 0 for somebody who was there already. */
function arrivalOf({ visitLog }: Ticket, since: string): number[] {
  const visit = visitLog.find(
    ({ arrivedAt, leftAt }) => arrivedAt !== undefined && (leftAt === undefined || leftAt > since),
  );
  return visit?.arrivedAt === undefined ? [] : [Math.max(0, hoursBetween(since, visit.arrivedAt))];
}

/** From the call about a stop, and from emergencies that machines told of themselves. */
function emergencyArrivals({ tickets, service }: Outcome, work: readonly Ticket[]): number[] {
  const calls = service?.calls ?? [];
  const ofCalls = calls.map(({ ticketId }) => {
    const told = tickets.find((one) => one.ticketId === ticketId);
    return tickets.find((one) => one.ticketId === told?.mergedInto) ?? told;
  });
  const called = calls.flatMap(({ calledAt }, at) => {
    const ticket = ofCalls[at];
    return ticket ? arrivalOf(ticket, calledAt) : [];
  });
  const own = work.filter((one) => one.priority === "emergency" && !ofCalls.includes(one));
  return [...called, ...own.flatMap((ticket) => arrivalOf(ticket, urgentSince(ticket)))];
}

/** Its clocks run from then (MR-4 of the domain). */
const urgentSince = ({ timeline, createdAt }: Ticket): string =>
  timeline.find((event) => event.type === "priority-raised" && event.to === "emergency")?.at ??
  createdAt;

const readyStates: readonly string[] = ["ready", "loaned", "consumed"];

/** When everything a parts ticket asks for was at its destination. */
function readyAt({ timeline }: Ticket): string | undefined {
  return timeline.find((event) => "state" in event && readyStates.includes(String(event.state)))
    ?.at;
}

/** From the request to the destination, of parts tickets for work on a fault. */
function partsCycles(tickets: readonly Ticket[], isMeant: (partNo: string) => boolean): number[] {
  return tickets
    .filter(({ parts }) => parts.some(({ partNo }) => isMeant(partNo)))
    .flatMap((ticket) => {
      const at = readyAt(ticket);
      return at === undefined ? [] : [hoursBetween(ticket.createdAt, at)];
    });
}

const hasWaited = ({ timeline }: Ticket): boolean =>
  timeline.some(({ type }) => type === "parts-missing");

type Stretch = readonly [fromMs: number, toMs: number];

/** Hours in which a machine stood: stopped by a fault, or being worked on. */
function downtime(
  { machineId, problems }: MachineOutcome,
  tickets: readonly Ticket[],
  endMs: number,
): number {
  const stops = stopsIn(problems).map(
    ({ failedAt, repairedAt }): Stretch => [
      Date.parse(failedAt ?? ""),
      repairedAt === null ? endMs : Date.parse(repairedAt),
    ],
  );
  const work = tickets
    .filter((ticket) => ticket.machineId === machineId)
    .flatMap(({ visitLog }) =>
      visitLog.flatMap(({ startedAt, leftAt }): Stretch[] =>
        startedAt === undefined
          ? []
          : [[Date.parse(startedAt), leftAt === undefined ? endMs : Date.parse(leftAt)]],
      ),
    );
  return unionHours([...stops, ...work]);
}

/** Each instant once. */
export function unionHours(stretches: readonly Stretch[]): number {
  let sumMs = 0;
  let coveredMs = Number.NEGATIVE_INFINITY;
  for (const [fromMs, toMs] of [...stretches].sort(([one], [other]) => one - other)) {
    sumMs += Math.max(0, toMs - Math.max(fromMs, coveredMs));
    coveredMs = Math.max(coveredMs, toMs);
  }
  return sumMs / hourMs;
}

interface Lead {
  readonly ticket: Ticket;
  readonly failedAt: string;
  readonly days: number;
}

/** Faults that come to failure where nobody acts, with the first ticket that names them. */
function leads({ machines }: Outcome, work: readonly Ticket[], failures: TrueFailures): Lead[] {
  return machines.flatMap(({ machineId, problems }) =>
    problems.flatMap((problem): Lead[] => {
      const { what, from, failedAt } = problem;
      const end = failures.get(`${machineId}/${what}`) ?? failedAt;
      const ticket = work.find(
        (one) => one.machineId === machineId && one.createdAt >= from && speaksOf(one, problem),
      );
      if (end === null || !ticket) return [];
      return [{ ticket, failedAt: end, days: hoursBetween(ticket.createdAt, end) / 24 }];
    }),
  );
}

/** 1 where the parts of such a ticket were there before the failure, else 0. */
function partsInTime(outcome: Outcome, work: readonly Ticket[], failures: TrueFailures): number[] {
  return leads(outcome, work, failures).map(({ ticket, failedAt }) => {
    const children = outcome.tickets.filter(({ ticketId }) => ticket.childIds.includes(ticketId));
    return Number(children.some((child) => (readyAt(child) ?? failedAt) < failedAt));
  });
}

/** @returns nearest-rank percentiles */
export function figure(values: readonly number[]): Figure {
  const sorted = Float64Array.from(values).sort();
  const count = sorted.length;
  const at = (share: number) => sorted[Math.ceil(count * share) - 1] ?? null;
  const mean = count === 0 ? null : sorted.reduce((sum, one) => sum + one, 0) / count;
  return { mean, least: sorted[0] ?? null, p50: at(0.5), p90: at(0.9), count };
}

const single = (value: number | null | undefined): Figure =>
  figure(typeof value === "number" ? [value] : []);
