import { type ClockKind, clockKinds } from "../sla/sla-clock.ts";
import type { Counts } from "./kpi-counts.ts";

/** Of a duration; nulls when there is none to speak of. */
export interface Quantiles {
  readonly count: number;
  readonly medianMs: number | null;
  readonly p90Ms: number | null;
}

export interface Durations {
  readonly response: Quantiles;
  readonly arrival: Quantiles;
  readonly partsCycle: Quantiles;
}

/** Machines in use, and the length of the time in years. */
export interface Fleet {
  readonly machines: number;
  readonly years: number;
}

/** Shares from 0 to 1, times in milliseconds, money in fen; null wherever there is nothing to divide by. */
export interface Kpis extends Durations {
  readonly tickets: number;
  readonly slaCompliance: Readonly<Partial<Record<ClockKind, number>>>;
  readonly firstTimeFixRate: number | null;
  readonly remoteResolutionRate: number | null;
  readonly resolutionRate: number | null;
  readonly mttrMs: number | null;
  readonly activeRepairMs: number | null;
  readonly downtimeMs: number;
  readonly partsFillRate: number | null;
  readonly blockedByParts: number | null;
  readonly proactiveRatio: number | null;
  readonly inspectionCompletion: number | null;
  readonly makersShare: number | null;
  readonly costPerServiceFen: number | null;
  readonly unplannedStops: number;
  readonly failureRate: number | null;
  readonly nps: number | null;
  readonly csat: number | null;
}

export const share = (part: number, all: number): number | null => (all === 0 ? null : part / all);

/**
 * The figures of §4.3 from sums. `fleet`: for the failure rate; left out, it is null.
 */
export function kpisOf(counts: Counts, durations: Durations, fleet?: Fleet): Kpis {
  const costFen = counts.labour_fen + counts.travel_fen + counts.parts_fen + counts.logistics_fen;
  return {
    ...durations,
    tickets: counts.tickets,
    slaCompliance: complianceOf(counts),
    firstTimeFixRate: share(counts.first_time_fixed, counts.visited_repairs),
    remoteResolutionRate: share(counts.remote_fixed, counts.closed_repairs),
    resolutionRate: share(counts.resolved_repairs, counts.closed_repairs),
    mttrMs: share(counts.restore_ms, counts.restored),
    activeRepairMs: share(counts.active_repair_ms, counts.restored),
    downtimeMs: counts.downtime_ms,
    partsFillRate: share(counts.lines_ready, counts.lines_needed),
    blockedByParts: share(counts.blocked_repairs, counts.repairs),
    proactiveRatio: share(counts.proactive, counts.work_tickets),
    inspectionCompletion: share(counts.inspections_done, counts.inspections_due),
    makersShare: share(counts.faults_of_maker, counts.faults_judged),
    costPerServiceFen: share(costFen, counts.closed_tickets),
    unplannedStops: counts.unplanned_stops,
    failureRate: fleet ? failureRate(counts.unplanned_stops, fleet) : null,
    nps: npsOf(counts),
    csat: share(counts.csat_satisfied, counts.csat_answers),
  };
}

/** Met ÷ (met + breached), for the kinds of clock that ended at all. */
function complianceOf(counts: Counts): Partial<Record<ClockKind, number>> {
  return Object.fromEntries(
    clockKinds.flatMap((kind) => {
      const rate = share(counts[`met_${kind}`], counts[`met_${kind}`] + counts[`breached_${kind}`]);
      return rate === null ? [] : [[kind, rate]];
    }),
  );
}

/** % of 9-10 minus % of 0-6; null without an answer (FB-3). */
export function npsOf({
  promoters,
  passives,
  detractors,
}: Pick<Counts, "promoters" | "passives" | "detractors">): number | null {
  const answers = promoters + passives + detractors;
  return answers === 0 ? null : (100 * (promoters - detractors)) / answers;
}

export const npsClassOf = (score: number): "promoters" | "passives" | "detractors" =>
  score >= 9 ? "promoters" : score >= 7 ? "passives" : "detractors";

/** Unplanned stops per machine and year. */
export const failureRate = (
  stops: number,
  { machines, years }: { readonly machines: number; readonly years: number },
): number | null => (years > 0 ? share(stops / years, machines) : null);

/** Consumption of a time ÷ average stock of it, both by value. */
export const stockTurnover = (consumedFen: number, averageStockFen: number): number | null =>
  share(consumedFen, averageStockFen);

/** (written off + lost + obsolete) ÷ average stock, by value. */
export const partsLossRate = (
  lost: { readonly adjustedOutFen: number; readonly lostFen: number; readonly obsoleteFen: number },
  averageStockFen: number,
): number | null => share(lost.adjustedOutFen + lost.lostFen + lost.obsoleteFen, averageStockFen);

/** After-sales cost ÷ revenue; null while the revenue is not known. */
export const serviceCostRatio = (costFen: number, revenueFen: number | undefined): number | null =>
  revenueFen === undefined ? null : share(costFen, revenueFen);

/** From one value to the next: the difference, the change in parts of the first, and their ratio. */
export function kpiDelta(before: number, after: number) {
  const difference = after - before;
  return {
    difference,
    relative: before === 0 ? null : difference / Math.abs(before),
    ratio: share(after, before),
  };
}

/** Of any numbers: the median, half-way between two middles, and the nearest-rank 90th percentile. */
export function quantilesOf(values: readonly number[]): Quantiles {
  const sorted = Float64Array.from(values).sort();
  const count = sorted.length;
  if (count === 0) return { count, medianMs: null, p90Ms: null };
  const at = (rank: number) => sorted[rank - 1] ?? 0;
  return {
    count,
    medianMs: (at(Math.floor((count + 1) / 2)) + at(Math.floor((count + 2) / 2))) / 2,
    p90Ms: at(Math.ceil((count * 9) / 10)),
  };
}
