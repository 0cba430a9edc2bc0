import type { SlaClock } from "../sla/sla-clock.ts";
import type { Ticket } from "../ticket.ts";
import type { TicketState } from "../vocabulary.ts";
import { dayOf, mondayOf } from "./calendar-day.ts";
import type { KpiConfig } from "./kpi-config.ts";
import { type CountName, type Counts, noCounts } from "./kpi-counts.ts";
import { npsClassOf } from "./kpi-formulas.ts";
import { firstIn, type StateSpan, stateSpans, timeIn } from "./state-spans.ts";

/** What is not in a ticket itself. */
export interface KpiContext {
  /** Type of the machine, when its file names one. */
  readonly product?: string | undefined;
  readonly model?: string | undefined;
  readonly faultClass?: string | undefined;
  /** Of a parts ticket: whether headquarters plans one of its parts. */
  readonly isCore?: boolean | undefined;
  /** A ticket of the same problem was opened within the time in which it counts as a recurrence. */
  readonly hasRecurred?: boolean | undefined;
  /** Of all its service reports together. */
  readonly work?: {
    readonly labourHours: number;
    readonly travelKm: number;
    readonly partsFen: number;
    readonly transfers: number;
    /** Whose fault it was, by the last report. */
    readonly responsibility?: string | undefined;
  };
  /** What customers answered, by source: one answer each (FB-1). */
  readonly ratings?: Readonly<Record<string, Rating>>;
}

/** `nps` 0 to 10, `csat` 1 to 5. */
export interface Rating {
  readonly nps?: number | undefined;
  readonly csat?: number | undefined;
}

/** One ticket as the figures see it: what it is grouped by, its durations, and what it adds to each sum. */
export interface KpiFacts {
  readonly ticketId: string;
  readonly kind: string;
  readonly priority: string;
  readonly trigger: string;
  readonly state: string;
  readonly machineId: string | null;
  /** Type of the machine; its plan while nobody says. */
  readonly product: string;
  readonly model: string;
  readonly regionId: string;
  readonly stationId: string;
  readonly engineerId: string;
  readonly faultCode: string;
  readonly faultClass: string;
  readonly createdAt: string;
  /** End of the window of a planned inspection that is not done yet. */
  readonly dueAt: string | null;
  /** Day, Monday of the week, and month it was opened in, in the zone of the figures. */
  readonly day: string;
  readonly week: string;
  readonly month: string;
  readonly responseMs: number | null;
  readonly arrivalMs: number | null;
  readonly partsCycleMs: number | null;
  readonly counts: Counts;
}

/**
 * The facts of a ticket as it is now. Pure. A cancelled or merged ticket counts nowhere: its work is another ticket's,
 * or nobody's.
 */
export function kpiFactsOf(ticket: Ticket, context: KpiContext, config: KpiConfig): KpiFacts {
  const spans = stateSpans(ticket.timeline);
  const createdMs = Date.parse(ticket.createdAt);
  const since = (atMs: number | undefined) => (atMs === undefined ? null : atMs - createdMs);
  const isCounted = ticket.state !== "cancelled" && ticket.state !== "merged";
  const isWork = isCounted && ticket.kind !== "parts";
  const isCore = isCounted && ticket.kind === "parts" && context.isCore === true;
  const day = dayOf(createdMs, config.zone);
  return {
    ticketId: ticket.ticketId,
    kind: ticket.kind,
    priority: ticket.priority,
    trigger: ticket.trigger,
    state: ticket.state,
    machineId: ticket.machineId ?? null,
    product: context.product ?? ticket.productType ?? planIdOf(ticket),
    model: context.model ?? "",
    regionId: ticket.regionId,
    stationId: ticket.stationId,
    engineerId: ticket.assignment?.engineerId ?? "",
    faultCode: ticket.faultCode ?? "",
    faultClass: context.faultClass ?? ticket.job?.faultClass ?? "",
    createdAt: ticket.createdAt,
    dueAt: isWork ? dueAtOf(ticket, spans) : null,
    day,
    week: mondayOf(day),
    month: day.slice(0, 7),
    responseMs: isWork ? since(firstIn(spans, answered)) : null,
    arrivalMs: isWork && ticket.kind === "repair" ? since(arrivedMs(ticket)) : null,
    partsCycleMs: isCore ? since(firstIn(spans, ["ready"])) : null,
    counts: isCounted ? countsOf(ticket, spans, context, config) : noCounts,
  };
}

/** `loader` of `loader@3`. */
export const planIdOf = ({ planRef }: Pick<Ticket, "planRef">): string =>
  planRef.split("@")[0] ?? "";

/** When somebody was first there, though it may have been told later (ES-6). */
function arrivedMs({ visitLog }: Ticket): number | undefined {
  const arrivedAt = visitLog.find((visit) => visit.arrivedAt !== undefined)?.arrivedAt;
  return arrivedAt === undefined ? undefined : Date.parse(arrivedAt);
}

/** States that begin with a person's answer. */
const answered: readonly TicketState[] = ["acknowledged", "assigned", "remote_support"];

const proactiveTriggers = [
  "anomaly",
  "dtc",
  "service_hours",
  "calendar",
  "peak_season",
  "predicted_failure",
  "machine_silent",
];

function countsOf(
  ticket: Ticket,
  spans: readonly StateSpan[],
  context: KpiContext,
  config: KpiConfig,
): Counts {
  const own =
    ticket.kind === "parts"
      ? { transfers: flag(firstIn(spans, ["in_transit"]) !== undefined) }
      : workCountsOf(ticket, spans, context, config);
  const answers = ratingCounts(Object.values(context.ratings ?? {}));
  return { ...noCounts, tickets: 1, ...clockCountsOf(ticket.sla), ...answers, ...own };
}

function ratingCounts(ratings: readonly Rating[]): Partial<Record<CountName, number>> {
  const classes = ratings.flatMap(({ nps }) => (nps === undefined ? [] : [npsClassOf(nps)]));
  const satisfied = ratings.flatMap(({ csat }) => csat ?? []);
  const count = (name: ReturnType<typeof npsClassOf>) =>
    classes.filter((each) => each === name).length;
  return {
    promoters: count("promoters"),
    passives: count("passives"),
    detractors: count("detractors"),
    csat_answers: satisfied.length,
    csat_satisfied: satisfied.filter((each) => each >= SATISFIED).length,
  };
}

/** Of 5. */
const SATISFIED = 4;

function clockCountsOf(clocks: readonly SlaClock[]): Partial<Record<CountName, number>> {
  const counts: Partial<Record<CountName, number>> = {};
  for (const { kind, status } of clocks) {
    if (status !== "met" && status !== "breached") continue;
    const name: CountName = `${status}_${kind}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

function workCountsOf(
  ticket: Ticket,
  spans: readonly StateSpan[],
  context: KpiContext,
  config: KpiConfig,
): Partial<Record<CountName, number>> {
  const isClosed = ticket.state === "closed";
  const stopped = hasStopped(ticket);
  return {
    work_tickets: 1,
    visits: ticket.visits,
    proactive: flag(
      proactiveTriggers.includes(ticket.trigger) && !(ticket.trigger === "dtc" && stopped),
    ),
    closed_tickets: flag(isClosed),
    ...(ticket.kind === "repair" ? repairCounts(ticket, spans, context) : {}),
    ...(ticket.kind === "inspection" ? inspectionCounts(ticket, spans) : {}),
    ...linesOf(ticket, config),
    ...(isClosed ? costsOf(context, config) : {}),
    unplanned_stops: flag(stopped),
    faults_judged: flag(context.work?.responsibility !== undefined),
    faults_of_maker: flag(context.work?.responsibility === "manufacturer"),
  };
}

const flag = (is: boolean): number => (is ? 1 : 0);

/** A machine that stands still is an emergency when it is reported, and a planned ticket is none. */
const hasStopped = ({ kind, timeline }: Ticket): boolean =>
  kind === "repair" &&
  timeline.some((event) => event.type === "opened" && event.priority === "emergency");

function repairCounts(
  ticket: Ticket,
  spans: readonly StateSpan[],
  { hasRecurred = false }: KpiContext,
): Partial<Record<CountName, number>> {
  const isClosed = ticket.state === "closed";
  const isFixed = isClosed && ticket.outcome === "fixed";
  const isVisited = isClosed && ticket.visits > 0;
  const restoredMs = restoredAt(spans);
  const createdMs = Date.parse(ticket.createdAt);
  const startMs = hasStopped(ticket) ? createdMs : firstIn(spans, ["in_progress"]);
  return {
    repairs: 1,
    closed_repairs: flag(isClosed),
    resolved_repairs: flag(isFixed),
    visited_repairs: flag(isVisited),
    first_time_fixed: flag(
      isFixed && ticket.visits === 1 && ticket.reopenCount === 0 && !hasRecurred,
    ),
    remote_fixed: flag(isFixed && ticket.visits === 0),
    blocked_repairs: flag(firstIn(spans, ["waiting_parts"]) !== undefined),
    restored: flag(restoredMs !== undefined),
    restore_ms: restoredMs === undefined ? 0 : restoredMs - createdMs,
    active_repair_ms: restoredMs === undefined ? 0 : timeIn(spans, "in_progress", restoredMs),
    downtime_ms:
      restoredMs === undefined || startMs === undefined ? 0 : Math.max(0, restoredMs - startMs),
  };
}

/** When the work was done that verification confirmed later. */
function restoredAt(spans: readonly StateSpan[]): number | undefined {
  const last = spans.at(-1)?.state;
  return last === "follow_up" || last === "closed"
    ? spans.findLast(({ state }) => state === "work_done")?.fromMs
    : undefined;
}

const isDone = (spans: readonly StateSpan[]): boolean =>
  firstIn(spans, ["work_done", "follow_up"]) !== undefined;

const dueAtOf = ({ kind, dueWindow }: Ticket, spans: readonly StateSpan[]): string | null =>
  kind === "inspection" && dueWindow && !isDone(spans) ? dueWindow.to : null;

/** One that is not done yet is due only when its window is over: see `dueAt`. */
function inspectionCounts(
  { dueWindow }: Ticket,
  spans: readonly StateSpan[],
): Partial<Record<CountName, number>> {
  if (!dueWindow || !isDone(spans)) return {};
  const doneMs = firstIn(spans, ["work_done", "follow_up"]) ?? Number.POSITIVE_INFINITY;
  return {
    inspections_due: 1,
    inspections_done: flag(doneMs <= Date.parse(dueWindow.to)),
  };
}

/** Lines the first journey needed, and how many of them were on board. */
function linesOf(
  { predictedParts, timeline }: Ticket,
  { neededProbability }: KpiConfig,
): Partial<Record<CountName, number>> {
  const departure = timeline.find((event) => event.type === "departed");
  if (!departure) return {};
  const missing = departure.missingParts.length;
  const expected = predictedParts.filter(({ probability }) => probability >= neededProbability);
  const needed = Math.max(expected.length, missing);
  return { lines_needed: needed, lines_ready: needed - missing };
}

function costsOf({ work }: KpiContext, { rates }: KpiConfig): Partial<Record<CountName, number>> {
  if (!work) return {};
  return {
    labour_fen: Math.round(work.labourHours * rates.labourFenPerHour),
    travel_fen: Math.round(work.travelKm * rates.travelFenPerKm),
    parts_fen: work.partsFen,
    logistics_fen: work.transfers * rates.logisticsFenPerTransfer,
  };
}
