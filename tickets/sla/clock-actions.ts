import { CodedError } from "@firebreak/kit/coded-error.ts";
import { type Calendar, calendarRef, endOfWorkingDay } from "./calendar.ts";
import { type ClockKind, isLive, type SlaClock, type SlaTarget } from "./sla-clock.ts";
import { type PauseReason, pauseReasons } from "./sla-config.ts";

const MS_PER_MINUTE = 60_000;

/** Clocks that a hold may interrupt; never `response` (SL-4). */
export const pausableKinds: readonly ClockKind[] = ["arrival", "resolution"];

export interface ClockStart {
  readonly clockId: string;
  readonly kind: ClockKind;
  /** ISO instant. */
  readonly at: string;
  readonly target: SlaTarget;
}

/** `calendar` is asked only for targets in working days; its zone is that of the machine's region. */
export function startClock(
  { clockId, kind, at, target }: ClockStart,
  calendar: Calendar,
): SlaClock {
  const clock = { clockId, kind, startedAt: at, pauses: [], status: "running" as const };
  if ("until" in target)
    return { ...clock, calendar: "24x7", targetAt: target.until, dueAt: target.until };
  if ("minutes" in target) {
    const dueAt = iso(Date.parse(at) + target.minutes * MS_PER_MINUTE);
    return { ...clock, calendar: "24x7", targetMinutes: target.minutes, dueAt };
  }
  const { workingDays } = target;
  const { dueMs, uncertainYears } = endOfWorkingDay(calendar, Date.parse(at), workingDays);
  return {
    ...clock,
    calendar: "working_days",
    targetWorkingDays: workingDays,
    dueAt: iso(dueMs),
    calendarRef: calendarRef(calendar),
    ...(uncertainYears.length === 0 ? {} : { uncertainYears: [...uncertainYears] }),
  };
}

/**
 * Interrupts a clock from `at` on. A clock that is over, breached or paused stays as it is.
 * @throws CodedError SLA_PAUSE for a reason or a kind of clock that may not pause (SL-4)
 */
export function pauseClock(clock: SlaClock, at: string, reason: string): SlaClock {
  if (!isPauseReason(reason))
    throw new CodedError("SLA_PAUSE", `a clock does not pause for the reason ${reason}`);
  if (!isPausable(clock))
    throw new CodedError("SLA_PAUSE", `a clock of kind ${clock.kind} never pauses`);
  const now = settleClock(clock, at);
  if (now.status !== "running") return now;
  return { ...now, status: "paused", pauses: [...now.pauses, { from: at, reason }] };
}

/** Pauses what the reason may pause and leaves everything else running. */
export const pauseClocks = (clocks: readonly SlaClock[], at: string, reason: string): SlaClock[] =>
  clocks.map((clock) =>
    isPauseReason(reason) && isPausable(clock) ? pauseClock(clock, at, reason) : clock,
  );

const isPauseReason = (reason: string): reason is PauseReason =>
  (pauseReasons as readonly string[]).includes(reason);

/** A target in minutes only: a date or a count of working days is not moved by a hold (SL-1). */
const isPausable = ({ kind, targetMinutes }: SlaClock): boolean =>
  pausableKinds.includes(kind) && targetMinutes !== undefined;

/** Ends the pause; the due time moves by its length. A clock that is not paused stays as it is. */
export function resumeClock(clock: SlaClock, at: string): SlaClock {
  const last = clock.pauses.at(-1);
  if (clock.status !== "paused" || last === undefined) return clock;
  const pauses = [...clock.pauses.slice(0, -1), { ...last, to: later(last.from, at) }];
  return { ...clock, status: "running", pauses, dueAt: dueOf({ ...clock, pauses }) };
}

export const resumeClocks = (clocks: readonly SlaClock[], at: string): SlaClock[] =>
  clocks.map((clock) => resumeClock(clock, at));

/**
 * What was promised is done: met up to and including the due time (SL-3), else breached with its overrun (SL-2). `at` may
 * be past, as of a finish that was proved later or an arrival that was told later: what was noted meanwhile was too early.
 */
export function stopClock(clock: SlaClock, at: string): SlaClock {
  if (!isLive(clock)) return clock;
  const { breachedAt: _breachedAt, ...now } = settleClock(resumeClock(clock, at), at);
  if (!isLater(at, now.dueAt)) return { ...now, status: "met", stoppedAt: at };
  const overrunMs = Date.parse(at) - Date.parse(now.dueAt);
  return { ...now, status: "breached", breachedAt: now.dueAt, stoppedAt: at, overrunMs };
}

/** The promise is no longer asked for. A breach stays a breach (SL-2). */
export function cancelClock(clock: SlaClock, at: string): SlaClock {
  if (!isLive(clock)) return clock;
  const stopped = stopClock(clock, at);
  return stopped.status === "breached" ? stopped : { ...stopped, status: "cancelled" };
}

/** Stops the living clocks of one kind. */
export const stopClocks = (clocks: readonly SlaClock[], kind: ClockKind, at: string): SlaClock[] =>
  clocks.map((clock) => (clock.kind === kind ? stopClock(clock, at) : clock));

/** Cancels the living clocks: of one kind, or all. */
export const cancelClocks = (
  clocks: readonly SlaClock[],
  at: string,
  kind?: ClockKind,
): SlaClock[] =>
  clocks.map((clock) =>
    kind === undefined || clock.kind === kind ? cancelClock(clock, at) : clock,
  );

/** Due at the earlier of the present due time and `dueAt`, an ISO instant as it stands at `at` (MR-3, MR-4). */
export function limitClock(clock: SlaClock, at: string, dueAt: string): SlaClock {
  const now = settleClock(clock, at);
  if (!isLive(now) || now.status === "breached" || !isLater(now.dueAt, dueAt)) return now;
  const limited = { ...now, limits: [...(now.limits ?? []), { from: at, dueAt }] };
  return settleClock({ ...limited, dueAt: dueOf(limited) }, at);
}

/** MR-4: due = min(due, raisedAt + new target). */
export function tightenClock(
  clock: SlaClock,
  raisedAt: string,
  target: { readonly minutes: number },
): SlaClock {
  const dueMs = Date.parse(raisedAt) + target.minutes * MS_PER_MINUTE;
  return limitClock(clock, raisedAt, iso(dueMs));
}

/** Notes that a running clock's due time has passed. The result does not depend on when, or whether, it was asked. */
export function settleClock(clock: SlaClock, at: string): SlaClock {
  if (clock.status !== "running" || !isLater(at, clock.dueAt)) return clock;
  return { ...clock, status: "breached", breachedAt: clock.dueAt };
}

/** SL-1: the earliest of the target and the later limits, each moved by the pauses after it. */
export function dueOf(clock: SlaClock): string {
  const { targetMinutes, startedAt, limits = [] } = clock;
  // Working days and dates are moved by no pause: what they gave at the start, and every limit since, stands.
  if (targetMinutes === undefined)
    return limits.reduce((due, limit) => earlier(due, limit.dueAt), clock.dueAt);
  const targetMs = targetMinutes * MS_PER_MINUTE;
  const base = iso(Date.parse(startedAt) + targetMs + pausedMs(clock, startedAt));
  return limits
    .map(({ from, dueAt }) => iso(Date.parse(dueAt) + pausedMs(clock, from)))
    .reduce(earlier, base);
}

/** Length of the ended pauses after an instant. */
export function pausedMs({ pauses }: Pick<SlaClock, "pauses">, after: string): number {
  return pauses.reduce(
    (sum, { from, to }) =>
      to === undefined || !isLater(to, after)
        ? sum
        : sum + Date.parse(to) - Date.parse(later(from, after)),
    0,
  );
}

const isLater = (one: string, other: string): boolean => Date.parse(one) > Date.parse(other);
const later = (one: string, other: string): string => (isLater(one, other) ? one : other);
const earlier = (one: string, other: string): string => (isLater(one, other) ? other : one);
const iso = (ms: number): string => new Date(ms).toISOString();
