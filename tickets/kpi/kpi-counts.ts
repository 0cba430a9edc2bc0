import { clockKinds } from "../sla/sla-clock.ts";

/** What one ticket adds to each figure; every one is 0 or more and may simply be added up. */
export const workCounts = [
  "tickets",
  "work_tickets",
  "proactive",
  "visits",
  "transfers",
  "repairs",
  "closed_repairs",
  "visited_repairs",
  "first_time_fixed",
  "remote_fixed",
  "resolved_repairs",
  "restored",
  "restore_ms",
  "active_repair_ms",
  "downtime_ms",
  "blocked_repairs",
  "lines_needed",
  "lines_ready",
  "unplanned_stops",
  "inspections_due",
  "inspections_done",
  "faults_judged",
  "faults_of_maker",
  "closed_tickets",
  "labour_fen",
  "travel_fen",
  "parts_fen",
  "logistics_fen",
  "promoters",
  "passives",
  "detractors",
  "csat_answers",
  "csat_satisfied",
] as const;

const clockCounts = clockKinds.flatMap((kind) => [`met_${kind}`, `breached_${kind}`] as const);

export const countNames = [...workCounts, ...clockCounts] as const;
export type CountName = (typeof countNames)[number];
export type Counts = Readonly<Record<CountName, number>>;

export const noCounts = Object.fromEntries(countNames.map((name) => [name, 0])) as Counts;

/** Sums of many tickets. */
export const addCounts = (all: readonly Counts[]): Counts =>
  Object.fromEntries(
    countNames.map((name) => [name, all.reduce((sum, counts) => sum + counts[name], 0)]),
  ) as Counts;
