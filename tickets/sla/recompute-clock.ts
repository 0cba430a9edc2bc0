import assert from "node:assert/strict";
import type { Calendar } from "./calendar.ts";
import {
  type ClockStart,
  cancelClock,
  limitClock,
  pauseClock,
  resumeClock,
  settleClock,
  startClock,
  stopClock,
} from "./clock-actions.ts";
import { type SlaClock, targetOf } from "./sla-clock.ts";

/** What happened to one clock, as a timeline tells it. */
export type ClockStep =
  | ({ readonly type: "started" } & ClockStart)
  | { readonly type: "limited"; readonly at: string; readonly dueAt: string }
  | { readonly type: "paused"; readonly at: string; readonly reason: string }
  | { readonly type: "resumed"; readonly at: string }
  | { readonly type: "stopped"; readonly at: string }
  | { readonly type: "cancelled"; readonly at: string };

/** Of steps at one instant, which counts first. */
const rank = ["started", "limited", "resumed", "paused", "stopped", "cancelled"] as const;

/**
 * SL-5: the clock from nothing but its steps, in whatever order they are given. `nowMs`: ms since the epoch at which it is
 * read.
 */
export function clockOf(steps: readonly ClockStep[], calendar: Calendar, nowMs: number): SlaClock {
  const ordered = steps.toSorted(
    (a, b) => Date.parse(a.at) - Date.parse(b.at) || rank.indexOf(a.type) - rank.indexOf(b.type),
  );
  const [first, ...rest] = ordered;
  assert(first?.type === "started", "a clock begins with its start");
  const { type: _type, ...start } = first;
  const clock = rest.reduce(apply, startClock(start, calendar));
  return settleClock(clock, new Date(nowMs).toISOString());
}

function apply(clock: SlaClock, step: ClockStep): SlaClock {
  switch (step.type) {
    case "started":
      return clock;
    case "limited":
      return limitClock(clock, step.at, step.dueAt);
    case "paused":
      return pauseClock(clock, step.at, step.reason);
    case "resumed":
      return resumeClock(clock, step.at);
    case "stopped":
      return stopClock(clock, step.at);
    case "cancelled":
      return cancelClock(clock, step.at);
  }
}

/** The steps that a stored clock itself tells of; computed again they must give the same clock. */
export function stepsOf(clock: SlaClock): ClockStep[] {
  const { clockId, kind, startedAt, limits = [], pauses, stoppedAt, status } = clock;
  const end = stoppedAt === undefined ? undefined : endStep(status, stoppedAt);
  return [
    { type: "started", clockId, kind, at: startedAt, target: targetOf(clock) },
    ...limits.map(({ from, dueAt }) => ({ type: "limited", at: from, dueAt }) as const),
    ...pauses.flatMap(({ from, to, reason }): ClockStep[] => [
      { type: "paused", at: from, reason },
      // The end of a pause that came with the stop is no step of its own.
      ...(to === undefined || to === stoppedAt ? [] : [{ type: "resumed", at: to } as const]),
    ]),
    ...(end ? [end] : []),
  ];
}

const endStep = (status: SlaClock["status"], at: string): ClockStep => ({
  type: status === "cancelled" ? "cancelled" : "stopped",
  at,
});

/** Whether a stored clock is what its own facts and the calendar of today give (SL-5). */
export function isRecomputable(clock: SlaClock, calendar: Calendar): boolean {
  const lastMs = Date.parse(clock.stoppedAt ?? clock.breachedAt ?? clock.startedAt);
  const again = clockOf(stepsOf(clock), calendar, clock.breachedAt ? lastMs + 1 : lastMs);
  return (["dueAt", "status", "stoppedAt", "breachedAt", "overrunMs"] as const).every(
    (key) => again[key] === clock[key],
  );
}
