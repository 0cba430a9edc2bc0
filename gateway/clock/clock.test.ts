import type { Clock } from "@firebreak/kit/clock.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SourceEvent } from "../decode/source-event.ts";
import type { Intake } from "../sources/source.ts";
import { ClockJudge } from "./clock-judge.ts";
import { GatewayTime } from "./gateway-time.ts";
import { decodeTimeDate } from "./j1939-time.ts";
import { builtMs, doubtOf, doubtOfGnss, rolloverMs } from "./plausible-time.ts";
import { TimeGate } from "./time-gate.ts";

const now = Date.parse("2026-11-26T10:00:00Z");

/** A clock that is wound by hand; `wallMs` may be set to anything, the other only grows. */
class HandClock implements Clock {
  wallMs: number;
  growing = 5_000;
  constructor(wallMs: number) {
    this.wallMs = wallMs;
  }
  nowMs = () => this.wallMs;
  monotonicMs = () => this.growing;
  pass(ms: number): void {
    this.wallMs += ms;
    this.growing += ms;
  }
}

describe("E3: a satellite receiver with an impossible time", () => {
  test.each([
    ["2007-04-12T10:00:00Z", "week rollover"],
    ["2006-04-12T10:00:00Z", "before this program was made"],
    ["2013-01-01T00:00:00Z", "before this program was made"],
    ["2046-07-12T10:00:00Z", "week rollover"],
    ["1980-01-06T00:00:00Z", "before this program was made"],
    ["2079-01-01T00:00:00Z", "too far ahead"],
  ])("E3: %s with a valid flag is refused: %s", (time, doubt) => {
    const timeMs = Date.parse(time);
    expect(doubtOfGnss({ timeMs, isValid: true, satellites: 9 })).toBe(doubt);
    const clock = new HandClock(0);
    const judge = new ClockJudge(clock);
    for (let second = 0; second < 20; second++) {
      judge.offer({ from: "gnss", utcMs: timeMs + second * 1_000 });
      clock.pass(1_000);
    }
    expect(judge.correctionMs()).toBeUndefined();
    expect(judge.status()).toMatchObject({ trust: "unknown", sources: [{ from: "gnss", doubt }] });
  });

  test("E3: too few satellites, or no fix, is no time", () => {
    expect(doubtOfGnss({ timeMs: now, isValid: true, satellites: 3 })).toBe("too few satellites");
    expect(doubtOfGnss({ timeMs: now, isValid: true })).toBe("too few satellites");
    expect(doubtOfGnss({ timeMs: now, isValid: false, satellites: 9 })).toBe("no fix");
    expect(doubtOfGnss({ timeMs: now, isValid: true, satellites: 4 })).toBeUndefined();
  });

  test("E3: one that disagrees with a clock kept by NTP is the one that is wrong", () => {
    const clock = new HandClock(now);
    const judge = new ClockJudge(clock);
    judge.noteNtp(true);
    for (let second = 0; second < 5; second++) {
      judge.offer({ from: "gnss", utcMs: clock.nowMs() + 86_400_000 });
      clock.pass(1_000);
    }
    expect(judge.correctionMs()).toBe(0);
    expect(judge.status()).toMatchObject({
      trust: "ntp",
      sources: [{ differenceMs: 86_400_000, doubt: "disagrees with the system clock" }],
    });
  });

  test("of a time and its image one rollover away only one is ever possible", () => {
    const any = fc.integer({ min: builtMs, max: builtMs + rolloverMs - 1 });
    fc.assert(
      fc.property(any, fc.integer({ min: 1, max: 3 }), (timeMs, times) => {
        expect(doubtOf(timeMs)).toBeUndefined();
        expect(doubtOf(timeMs - times * rolloverMs)).toBeDefined();
        expect(doubtOf(timeMs + times * rolloverMs)).toBeDefined();
      }),
    );
  });
});

describe("what time it is", () => {
  const giving = (judge: ClockJudge, clock: HandClock, from: "gnss" | "j1939", utcMs: number) => {
    for (let second = 0; second < 3; second++) {
      judge.offer({ from, utcMs: utcMs + second * 1_000 });
      clock.pass(1_000);
    }
  };

  test("a possible system clock is never overruled, but who differs is told", () => {
    const clock = new HandClock(now);
    const judge = new ClockJudge(clock);
    expect(judge.status().trust).toBe("unconfirmed");
    giving(judge, clock, "gnss", now + 3_600_000);
    expect(judge.correctionMs()).toBe(0);
    expect(judge.status()).toMatchObject({
      trust: "unconfirmed",
      sources: [{ differenceMs: 3_600_000, doubt: null }],
    });
    giving(judge, clock, "gnss", clock.nowMs());
    expect(judge.status().trust).toBe("gnss");
  });

  test("a receiver stands in for an impossible clock once it said the same three times", () => {
    const clock = new HandClock(0);
    const judge = new ClockJudge(clock);
    judge.offer({ from: "gnss", utcMs: now });
    judge.offer({ from: "gnss", utcMs: now + 60_000 });
    judge.offer({ from: "gnss", utcMs: now + 60_000 });
    expect(judge.correctionMs()).toBeUndefined();
    judge.offer({ from: "gnss", utcMs: now + 60_000 });
    expect(judge.correctionMs()).toBe(now + 60_000);
    expect(judge.status().trust).toBe("gnss");
  });

  test("a receiver outdoes the machine's clock, not the other way round", () => {
    const clock = new HandClock(0);
    const judge = new ClockJudge(clock);
    giving(judge, clock, "j1939", now + 600_000);
    expect(judge.status().trust).toBe("j1939");
    giving(judge, clock, "gnss", now);
    expect(judge.status().trust).toBe("gnss");
    giving(judge, clock, "j1939", now + 600_000);
    expect(judge.status().trust).toBe("gnss");
  });
});

describe("E1: the device starts at 1970 and learns the time after 20 minutes", () => {
  /** Every row and event that came out, with its time. */
  function gateOf(clock: HandClock, judge: ClockJudge, maxRows?: number) {
    const out: { at: number; value: number }[] = [];
    const events: { at: number; rowsBefore: number }[] = [];
    const intake: Intake = {
      deliver(samples, came) {
        for (let row = 0; row < samples.length; row++)
          out.push({
            at: Number(samples.timeNs(row) / 1_000_000n),
            value: samples.value[row] ?? 0,
          });
        for (const { timeNs } of came)
          events.push({ at: Number(timeNs / 1_000_000n), rowsBefore: out.length });
      },
      whenRoom: () => Promise.resolve(),
    };
    const gate = new TimeGate(intake, { judge, clock, ...(maxRows ? { maxRows } : {}) });
    const give = (value: number, isEvent = false, stampMs = clock.nowMs()) => {
      const timeNs = BigInt(stampMs) * 1_000_000n;
      const samples = new SampleColumns(timeNs, 1);
      samples.push(0, 0, value, Quality.good);
      const lamps = { mil: "off", redStop: "off", amberWarning: "on", protect: "off" } as const;
      const event = { kind: "active-dtcs", timeNs, sa: 0, lamps, dtcs: [] } as SourceEvent;
      gate.intake.deliver(samples, isEvent ? [event] : []);
    };
    return { gate, give, out, events };
  }

  test.each([
    ["a receiver's fix", false],
    ["NTP, which sets the system clock", true],
  ])("E1: by %s: every sample once, in order, at its right time", (_, isSet) => {
    const clock = new HandClock(0);
    const judge = new ClockJudge(clock);
    const { gate, give, out, events } = gateOf(clock, judge);
    const boot = now - 1_200_000;
    for (let second = 0; second < 1_200; second++) {
      give(second, second === 700);
      clock.pass(1_000);
    }
    expect(out).toEqual([]);
    expect(gate.counts).toEqual({ heldRows: 1_200, lostRows: 0 });
    if (isSet) clock.wallMs = now;
    else for (let times = 0; times < 3; times++) judge.offer({ from: "gnss", utcMs: now });
    gate.release();
    clock.pass(1_000);
    give(1_201);
    gate.release();
    const expected = Array.from({ length: 1_200 }, (_, second) => second);
    expect(out.map(({ value }) => value)).toEqual([...expected, 1_201]);
    expect(out.map(({ at }) => at - boot)).toEqual(
      [...expected, 1_201].map((second) => second * 1_000),
    );
    expect(events).toEqual([{ at: boot + 700_000, rowsBefore: 701 }]);
    expect(gate.counts.heldRows).toBe(0);
  });

  test("E1: a clock that jumps while nobody knows the time moves no sample", () => {
    const clock = new HandClock(0);
    const judge = new ClockJudge(clock);
    const { gate, give, out } = gateOf(clock, judge);
    give(1);
    clock.pass(10_000);
    clock.wallMs = Date.parse("2013-01-01T00:00:00Z");
    give(2);
    clock.pass(10_000);
    clock.wallMs = now;
    gate.release();
    expect(out).toEqual([
      { at: now - 20_000, value: 1 },
      { at: now - 10_000, value: 2 },
    ]);
  });

  test("E1: what was read just before NTP set the clock and comes just behind is at its right time", () => {
    const clock = new HandClock(0);
    const { give, out, events } = gateOf(clock, new ClockJudge(clock));
    give(1);
    clock.pass(250);
    const stampMs = clock.nowMs();
    clock.wallMs = now;
    give(2, true, stampMs);
    give(3);
    expect(out).toEqual([
      { at: now - 250, value: 1 },
      { at: now, value: 2 },
      { at: now, value: 3 },
    ]);
    expect(events).toEqual([{ at: now, rowsBefore: 2 }]);
  });

  test("what waits is bounded, and what is given up is counted", () => {
    const clock = new HandClock(0);
    const { gate, give } = gateOf(clock, new ClockJudge(clock), 10_000);
    for (let row = 0; row < 30_000; row++) give(row);
    const { heldRows, lostRows } = gate.counts;
    expect(heldRows).toBeLessThanOrEqual(10_000);
    expect(heldRows + lostRows).toBe(30_000);
  });
});

describe("a clock that is set while the gateway runs", () => {
  /** How often it was told that the time of stamps went back. */
  function timeOf(clock: HandClock) {
    let times = 0;
    const time = new GatewayTime({
      clock,
      log: silentLogger,
      isNtpSynchronized: () => Promise.resolve(false),
      onSetBack: () => times++,
    });
    return (ms: number, byMs = 0) => {
      clock.pass(ms);
      clock.wallMs += byMs;
      time.tick();
      return times;
    };
  }

  test("is told once when it was put back, not when it is turned, or put ahead", () => {
    const tick = timeOf(new HandClock(now));
    expect([tick(100), tick(100, -400), tick(100, 86_400_000)]).toEqual([0, 0, 0]);
    expect([tick(100, -28_800_000), tick(100), tick(100)]).toEqual([1, 1, 1]);
  });

  test("counts by what stamps rest on: a receiver that stands in for it counts as well", () => {
    const clock = new HandClock(now);
    const tick = timeOf(clock);
    tick(100);
    // Impossible, and nobody knows better: nothing is stamped.
    expect(tick(100, -now)).toBe(0);
    expect(tick(100, now - 60_000)).toBe(1);
  });
});

describe("Time/Date (PGN 65254)", () => {
  const at = (...bytes: number[]) => decodeTimeDate(Uint8Array.from(bytes), bytes.length);

  test.each([
    ["UTC", [122, 30, 10, 11, 104, 41, 125, 125], "2026-11-26T10:30:30.500Z"],
    ["local time with its offset", [0, 30, 18, 11, 104, 41, 125, 133], "2026-11-26T10:30:00Z"],
    ["without offsets", [0, 30, 10, 11, 101, 41], "2026-11-26T10:30:00Z"],
  ])("%s", (_, bytes, time) => {
    expect(at(...bytes)).toBe(Date.parse(time));
  });

  test.each([
    ["not available", [255, 255, 255, 255, 255, 255, 255, 255]],
    ["30 February", [0, 0, 0, 2, 120, 41, 125, 125]],
    ["local without saying where", [0, 30, 10, 11, 104, 41, 125, 250]],
    ["too short", [0, 30, 10]],
  ])("%s is no time", (_, bytes) => {
    expect(at(...bytes)).toBeUndefined();
  });

  test("whatever comes, nothing is thrown and no time is no number", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (data) => {
        const time = decodeTimeDate(data, data.length);
        expect(time === undefined || Number.isFinite(time)).toBe(true);
      }),
    );
  });
});
