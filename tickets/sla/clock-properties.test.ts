import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createCalendar, endOfWorkingDay, isWorkingDay } from "./calendar.ts";
import {
  cancelClock,
  limitClock,
  pauseClock,
  resumeClock,
  settleClock,
  startClock,
  stopClock,
} from "./clock-actions.ts";
import { advanceClock } from "./clock-levels.ts";
import { readHolidays } from "./load-holidays.ts";
import { type ClockStep, clockOf, isRecomputable, stepsOf } from "./recompute-clock.ts";
import { msAfter, plain, running, shanghai } from "./sla.fixture.ts";
import { isLive, type SlaClock } from "./sla-clock.ts";
import { mergeClocks } from "./ticket-clocks.ts";
import { addDays, localDate, weekday } from "./zone-time.ts";

const start = shanghai("2026-03-02 08:00");
const minute = 60_000;
const numRuns = process.env.FIREBREAK_SOAK ? 5000 : 200;
const minutes = (max: number) => fc.integer({ min: 1, max });

/** A step by its distance from the one before, so that no two fall on one instant. */
const gap = fc.integer({ min: 1, max: 400 });
const step = fc.oneof(
  fc.record({ do: fc.constant("pause" as const), gap }),
  fc.record({ do: fc.constant("resume" as const), gap }),
  fc.record({ do: fc.constant("look" as const), gap }),
  fc.record({ do: fc.constant("tighten" as const), gap, by: minutes(1500) }),
  fc.record({ do: fc.constant("stop" as const), gap }),
  fc.record({ do: fc.constant("cancel" as const), gap }),
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

interface Life {
  readonly clock: SlaClock;
  readonly steps: readonly ClockStep[];
  readonly nowMs: number;
}

function act(clock: SlaClock, one: Step, at: string): readonly [SlaClock, ClockStep[]] {
  switch (one.do) {
    case "pause":
      return [
        pauseClock(clock, at, "site_closed"),
        [{ type: "paused", at, reason: "site_closed" }],
      ];
    case "resume":
      return [resumeClock(clock, at), [{ type: "resumed", at }]];
    case "look":
      return [advanceClock(clock, at).clock, []];
    case "tighten": {
      const dueAt = msAfter(at, one.by * minute);
      return [limitClock(clock, at, dueAt), [{ type: "limited", at, dueAt }]];
    }
    case "stop":
      return [stopClock(clock, at), [{ type: "stopped", at }]];
    case "cancel":
      return [cancelClock(clock, at), [{ type: "cancelled", at }]];
  }
}

function live(target: number, steps: readonly Step[]): Life {
  const first = { clockId: "arrival-1", kind: "arrival", at: start } as const;
  const begin = { ...first, target: { minutes: target } };
  return steps.reduce<Life>(
    ({ clock, steps: done, nowMs }, one) => {
      const atMs = nowMs + one.gap * minute;
      const [next, added] = act(clock, one, new Date(atMs).toISOString());
      return { clock: next, steps: done.concat(added), nowMs: atMs };
    },
    {
      clock: startClock(begin, plain),
      steps: [{ type: "started", ...begin }],
      nowMs: Date.parse(start),
    },
  );
}

const lives = fc
  .tuple(minutes(1500), fc.array(step, { maxLength: 12 }))
  .map(([target, steps]) => live(target, steps));

/** What people were told is a record of its own; everything else follows from the steps. */
const untold = ({ toldLevel: _told, ...clock }: SlaClock) => clock;

describe("clocks", () => {
  test("SL-5: a clock follows from its steps alone, in whatever order they are given", () => {
    fc.assert(
      fc.property(lives, fc.infiniteStream(fc.double({ noNaN: true })), (life, random) => {
        const shuffled = life.steps
          .map((one) => ({ one, key: random.next().value as number }))
          .sort((a, b) => a.key - b.key)
          .map(({ one }) => one);
        const again = clockOf(shuffled, plain, life.nowMs);
        expect(again).toEqual(clockOf(life.steps, plain, life.nowMs));
        expect(untold(again)).toEqual(
          untold(advanceClock(life.clock, new Date(life.nowMs).toISOString()).clock),
        );
      }),
      { numRuns },
    );
  });

  test("SL-5: a stored clock tells of its own steps", () => {
    fc.assert(
      fc.property(lives, ({ clock }) => {
        expect(isRecomputable(clock, plain)).toBe(true);
        const first = stepsOf(clock)[0];
        expect(first).toMatchObject({ type: "started", at: start });
        const wrong = { ...clock, dueAt: msAfter(clock.dueAt, -1) };
        expect(isRecomputable(wrong, plain)).toBe(false);
      }),
      { numRuns },
    );
  });

  test("pauses never shorten: without them the clock is due no later", () => {
    fc.assert(
      fc.property(minutes(1500), fc.array(step, { maxLength: 12 }), (target, steps) => {
        const without = steps.map(
          (one): Step =>
            one.do === "pause" || one.do === "resume" ? { do: "look", gap: one.gap } : one,
        );
        const [paused, plainly] = [live(target, steps).clock, live(target, without).clock];
        expect(Date.parse(paused.dueAt)).toBeGreaterThanOrEqual(Date.parse(plainly.dueAt));
      }),
      { numRuns },
    );
  });

  test("MR-3: a merge never extends, and never brings a clock back", () => {
    fc.assert(
      fc.property(lives, lives, (one, other) => {
        const at = new Date(Math.max(one.nowMs, other.nowMs)).toISOString();
        const [merged] = mergeClocks([one.clock], [other.clock], at);
        if (!merged) throw new Error("the clock is gone");
        expect(Date.parse(merged.dueAt)).toBeLessThanOrEqual(Date.parse(one.clock.dueAt));
        expect(isLive(merged)).toBe(isLive(one.clock));
        const isOver = settleClock(one.clock, at).status === "breached";
        if (isLive(one.clock) && isLive(other.clock) && !isOver)
          expect(Date.parse(merged.dueAt)).toBeLessThanOrEqual(Date.parse(other.clock.dueAt));
      }),
      { numRuns },
    );
  });

  test("SL-2: nothing undoes a breach", () => {
    fc.assert(
      fc.property(minutes(300), fc.array(step, { maxLength: 12 }), (target, steps) => {
        const states = steps.map(
          (_, index) => live(target, steps.slice(0, index + 1)).clock.status,
        );
        const first = states.indexOf("breached");
        if (first >= 0)
          expect(states.slice(first).every((status) => status === "breached")).toBe(true);
      }),
      { numRuns },
    );
  });

  test("SL-3: stopped exactly at due is met and a millisecond later breached, for any target", () => {
    fc.assert(
      fc.property(minutes(100_000), (target) => {
        const clock = running(start, { minutes: target });
        expect(stopClock(clock, clock.dueAt).status).toBe("met");
        const late = stopClock(clock, msAfter(clock.dueAt, 1));
        expect(late).toMatchObject({ status: "breached", overrunMs: 1 });
      }),
      { numRuns },
    );
  });
});

describe("working days", () => {
  const table = readHolidays();
  const zones = ["Asia/Shanghai", "Asia/Urumqi", "America/New_York", "Pacific/Apia", "UTC"];

  /** Day by day, with the rule written out once more: not the code under test. */
  function naive(zone: string, startMs: number, days: number): string {
    let date = localDate(zone, startMs);
    for (let found = 0; found < days; ) {
      date = addDays(date, 1);
      const isWeekend = [0, 6].includes(new Date(`${date}T12:00:00Z`).getUTCDay());
      if (table.workingWeekends.has(date) || (!isWeekend && !table.holidays.has(date))) found += 1;
    }
    return date;
  }

  test("SL-1: due at 18:00 local of the day that counting day by day finds", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2026, 10, 1) }),
        fc.integer({ min: 1, max: 30 }),
        fc.constantFrom(...zones),
        (startMs, days, zone) => {
          const calendar = createCalendar(table, zone);
          const { dueMs } = endOfWorkingDay(calendar, startMs, days);
          const text = new Intl.DateTimeFormat("sv-SE", {
            timeZone: zone,
            dateStyle: "short",
            timeStyle: "medium",
          }).format(dueMs);
          expect(text).toBe(`${naive(zone, startMs, days)} 18:00:00`);
          expect(isWorkingDay(calendar, localDate(zone, dueMs))).toBe(true);
        },
      ),
      { numRuns },
    );
  });

  test("one working day more is later; a later start is never due earlier", () => {
    const calendar = createCalendar(table);
    const startMs = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2026, 10, 1) });
    fc.assert(
      fc.property(startMs, startMs, fc.integer({ min: 1, max: 20 }), (one, other, days) => {
        const due = (ms: number, count: number) => endOfWorkingDay(calendar, ms, count).dueMs;
        expect(due(one, days + 1)).toBeGreaterThan(due(one, days));
        expect(due(Math.max(one, other), days)).toBeGreaterThanOrEqual(
          due(Math.min(one, other), days),
        );
        expect(weekday(localDate(calendar.zone, due(one, days)))).toBeLessThan(7);
      }),
      { numRuns },
    );
  });
});
