import { pausedMs } from "./clock-actions.ts";
import { type ReachedLevel, reachedLevels, type SlaClock } from "./sla-clock.ts";
import { slaConfig } from "./sla-config.ts";

export type SlaLevel = "ok" | ReachedLevel;

export interface LevelShares {
  /** Shares of the whole time of a clock: below 1, and above 1. */
  readonly warnShare: number;
  readonly escalateShare: number;
}

interface Threshold {
  readonly level: ReachedLevel;
  /** First millisecond of the level. */
  readonly atMs: number;
}

/** The whole time is from start to due without the pauses, so a tightened clock warns by its tightened time. */
function thresholdsOf(clock: SlaClock, shares: LevelShares): readonly Threshold[] {
  const { startedAt, dueAt } = clock;
  const dueMs = Date.parse(dueAt);
  const wholeMs = Math.max(dueMs - Date.parse(startedAt) - pausedMs(clock, startedAt), 0);
  const at = (share: number) => dueMs + Math.round((share - 1) * wholeMs);
  // A due time that has only just come is not over (SL-3), hence the further millisecond.
  return [
    { level: "warned", atMs: at(shares.warnShare) },
    { level: "breached", atMs: dueMs + 1 },
    { level: "escalated", atMs: Math.max(at(shares.escalateShare), dueMs + 1) },
  ];
}

/** The last instant that counts for a clock which no longer runs; undefined while it runs. */
function endOf({ stoppedAt, status, pauses }: SlaClock): string | undefined {
  return stoppedAt ?? (status === "paused" ? pauses.at(-1)?.from : undefined);
}

const isKept = ({ status }: SlaClock): boolean => status === "met" || status === "cancelled";

/** How far a clock is: now, or when it was stopped or interrupted. `nowMs`: ms since the epoch. */
export function levelOf(clock: SlaClock, nowMs: number, shares: LevelShares = slaConfig): SlaLevel {
  if (isKept(clock)) return "ok";
  const end = endOf(clock);
  const atMs = end === undefined ? nowMs : Math.min(nowMs, Date.parse(end));
  return thresholdsOf(clock, shares).findLast((threshold) => threshold.atMs <= atMs)?.level ?? "ok";
}

/** When people must next be told something of a clock, ISO instant; undefined when nothing will come by itself. */
export function nextLevelAt(clock: SlaClock, shares: LevelShares = slaConfig): string | undefined {
  if (isKept(clock)) return undefined;
  const next = untold(clock, shares)[0];
  const end = endOf(clock);
  if (next === undefined || (end !== undefined && next.atMs > Date.parse(end))) return undefined;
  return new Date(next.atMs).toISOString();
}

/** The earliest of them over several clocks. */
export const nextLookAt = (
  clocks: readonly SlaClock[],
  shares: LevelShares = slaConfig,
): string | undefined =>
  clocks
    .flatMap((clock) => nextLevelAt(clock, shares) ?? [])
    .sort((a, b) => Date.parse(a) - Date.parse(b))[0];

const untold = (clock: SlaClock, shares: LevelShares): readonly Threshold[] =>
  thresholdsOf(clock, shares).slice(
    clock.toldLevel === undefined ? 0 : reachedLevels.indexOf(clock.toldLevel) + 1,
  );

export interface AdvancedClock {
  readonly clock: SlaClock;
  /** Levels of which people are to be told now, lowest first; each comes exactly once in a clock's life. */
  readonly reached: readonly ReachedLevel[];
}

/** Notes what a clock has reached by `at`, an ISO instant. The second call for the same instant changes nothing. */
export function advanceClock(
  clock: SlaClock,
  at: string,
  shares: LevelShares = slaConfig,
): AdvancedClock {
  const level = levelOf(clock, Date.parse(at), shares);
  if (level === "ok") return { clock, reached: [] };
  const reached = untold(clock, shares)
    .map((threshold) => threshold.level)
    .filter((one) => reachedLevels.indexOf(one) <= reachedLevels.indexOf(level));
  if (reached.length === 0) return { clock, reached };
  const breach =
    level === "warned" ? {} : ({ status: "breached", breachedAt: clock.dueAt } as const);
  return { clock: { ...clock, ...breach, toldLevel: level }, reached };
}

/** O-07: a repair in warranty that overruns its turnaround asks for a loaner; `reached` says it is this very moment. */
export const needsLoaner = (
  { kind }: SlaClock,
  reached: readonly ReachedLevel[],
  isInWarranty: boolean,
): boolean => kind === "repair_turnaround" && isInWarranty && reached.includes("breached");
