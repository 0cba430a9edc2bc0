import type { HealthEntry, HealthValue } from "@firebreak/wire/gateway-health.ts";
import { beforeEach, describe, expect, test } from "vitest";
import type { BusStatus } from "../sources/source.ts";
import { busStateOf, lineStateOf } from "./bus-state.ts";
import { HealthReport } from "./health-report.ts";

const nowMs = Date.parse("2026-11-26T05:12:00Z");
const speaking: BusStatus = {
  bus: "can0",
  frames: 1_000,
  errorFrames: 0,
  framesPerSecond: 100,
  lastSeenMs: nowMs - 100,
  unknown: [],
};

describe("the state of a bus", () => {
  test.each<[string, Partial<BusStatus>, string]>([
    ["that speaks", {}, "ok"],
    ["A2: whose interface is down", { missing: "down" }, "down"],
    ["A3: whose adapter was pulled", { missing: "gone" }, "gone"],
    ["A4: that is off", { controller: "bus-off", lastSeenMs: nowMs - 60_000 }, "bus-off"],
    ["A4: at a wrong bit rate", { frames: 1_100, errorFrames: 98 }, "wrong-bit-rate"],
    ["A4: that only listens, error-passive", { controller: "error-passive" }, "error-passive"],
    ["with a few errors", { frames: 1_100, errorFrames: 15 }, "ok"],
    ["that fell silent", { lastSeenMs: nowMs - 11_000 }, "silent"],
    ["that never spoke", { frames: 0 }, "ok"],
  ])("%s", (_, changed, state) => {
    const before = { frames: 1_000, errorFrames: 0 };
    expect(busStateOf({ state: "open" }, { ...speaking, ...changed }, before, nowMs)).toBe(state);
  });

  test("a source that cannot be opened is down, a line none of whose devices answers is silent", () => {
    expect(busStateOf({ state: "waiting" }, speaking, undefined, nowMs)).toBe("down");
    expect(busStateOf({ state: "ended" }, speaking, undefined, nowMs)).toBe("ended");
    const device = { device: "d", errorPercent: 0 };
    const devices = [{ ...device, isAnswering: false }];
    expect(lineStateOf({ state: "trouble", devices })).toBe("silent");
    expect(lineStateOf({ state: "open", devices: [{ ...device, isAnswering: true }] })).toBe("ok");
  });
});

describe("what goes out of it", () => {
  const clock = {
    wallMs: nowMs,
    growing: 0,
    nowMs: () => clock.wallMs,
    monotonicMs: () => clock.growing,
  };
  const sent: { entries: readonly HealthEntry[]; isHistorical: boolean }[] = [];
  let births = 0;
  let report: HealthReport;
  const pass = (ms: number) => {
    clock.wallMs += ms;
    clock.growing += ms;
  };
  const look = (state: HealthValue, load: HealthValue, more: [string[], HealthValue][] = []) =>
    report.look(
      new Map<string[], HealthValue>([[["a", "state"], state], [["a", "load"], load], ...more]),
    );

  beforeEach(() => {
    clock.wallMs = nowMs;
    sent.length = 0;
    births = 0;
    report = new HealthReport({
      clock,
      send: (entries, isHistorical) => sent.push({ entries, isHistorical }) > 0,
      rebirth: () => births++,
    });
    look("ok", 1);
    expect(report.births()).toMatchObject([{ value: "ok", atMs: nowMs }, { value: 1 }]);
    report.sessionBegan();
  });

  test("a state within seconds and with it every figure that changed; figures alone now and then", () => {
    look("ok", 1);
    look("ok", 2);
    expect(sent).toEqual([]);
    pass(1_000);
    look("down", 3);
    expect(sent).toEqual([
      {
        isHistorical: false,
        entries: [
          { path: ["a", "state"], value: "down", atMs: nowMs + 1_000 },
          { path: ["a", "load"], value: 3, atMs: nowMs + 1_000 },
        ],
      },
    ]);
    look("ok", 4);
    expect(sent).toHaveLength(1);
    pass(5_000);
    look("ok", 4);
    expect(sent).toHaveLength(2);
    pass(900_000);
    look("ok", 5);
    expect(sent[2]?.entries).toMatchObject([{ path: ["a", "load"], value: 5 }]);
  });

  test("A2: what came and went while there was no link is told afterwards, with its times", () => {
    report.sessionEnded();
    pass(60_000);
    look("down", 1);
    pass(60_000);
    look("ok", 1);
    pass(60_000);
    look("ok", 1);
    report.births();
    report.sessionBegan();
    expect(sent).toEqual([
      {
        isHistorical: true,
        entries: [{ path: ["a", "state"], value: "down", atMs: nowMs + 60_000 }],
      },
    ]);
  });

  test("E1: since when something is so is right even where the clock was set in between", () => {
    pass(10_000);
    clock.wallMs = 0;
    report.look(new Map([[["clock", "trust"], "unknown"]]));
    expect(births).toBe(1);
    pass(60_000);
    clock.wallMs = nowMs + 70_000;
    expect(report.births().at(-1)).toMatchObject({ value: "unknown", atMs: nowMs + 10_000 });
  });
});
