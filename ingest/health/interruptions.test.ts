import { describe, expect, test } from "vitest";
import type { HealthChange } from "./health-file.ts";
import { type InterruptionFacts, interruptions } from "./interruptions.ts";

const dayMs = Date.parse("2026-11-26T00:00:00Z");
const at = (clock: string): number => Date.parse(`2026-11-26T${clock}Z`);
const bus = (clock: string, value: string, source = "socketcan can1"): HealthChange => ({
  path: ["bus", "M-1", source, "can1", "state"],
  value,
  atMs: at(clock),
});
const session = (clock: string, value: string): HealthChange => ({
  path: ["session"],
  value,
  atMs: at(clock),
});
const causesOf = (changes: readonly HealthChange[], more: Partial<InterruptionFacts> = {}) =>
  interruptions({
    machineId: "M-1",
    changes,
    losses: [],
    spooled: 0,
    fromMs: dayMs,
    toMs: dayMs + 24 * 3_600_000,
    ...more,
  }).map(({ cause, from, to, ...rest }) => ({
    cause,
    from: from.slice(11, 16),
    to: to === null ? null : to.slice(11, 16),
    ...rest,
  }));

describe("why samples are missing", () => {
  test("A2: the bus was switched off, and is still silent", () => {
    const changes = [
      bus("04:00:00", "ok"),
      bus("05:12:00", "down"),
      bus("05:13:00", "silent"),
      bus("05:14:00", "ok"),
      bus("06:00:00", "silent"),
    ];
    expect(causesOf(changes)).toMatchObject([
      { cause: "bus", from: "05:12", to: "05:13", subject: "can1", state: "down" },
      { cause: "bus", from: "05:13", to: "05:14", state: "silent" },
      { cause: "bus", from: "06:00", to: null },
    ]);
  });

  test("A3: the adapter was pulled; a signal of Modbus has nothing to do with it, nor has another machine", () => {
    const changes = [bus("05:12:00", "gone"), bus("05:20:00", "opening"), bus("05:21:00", "ok")];
    expect(causesOf(changes, { over: { kind: "can" } })).toMatchObject([
      { from: "05:12", to: "05:20", state: "gone" },
    ]);
    expect(causesOf(changes, { over: { kind: "modbus", device: "meter" } })).toEqual([]);
    expect(causesOf(changes, { machineId: "M-2" })).toEqual([]);
  });

  test("a device that did not answer is the cause for its own signals only", () => {
    const path = ["device", "M-1", "modbus-rtu /dev/ttyS0", "meter", "state"];
    const changes = [{ path, value: "silent", atMs: at("07:00:00") }];
    const of = (device: string) => causesOf(changes, { over: { kind: "modbus", device } });
    expect(of("meter")).toMatchObject([{ cause: "device", subject: "meter", to: null }]);
    expect(of("pump")).toEqual([]);
  });

  test("a link that was down brings its data later; a gateway that was off has none", () => {
    const run = { path: ["gateway", "run"], value: "b", atMs: at("09:30:00") };
    const changes = [
      session("08:00:00", "offline"),
      session("08:30:00", "online"),
      session("09:00:00", "offline"),
      run,
      session("09:40:00", "online"),
      session("10:00:00", "offline"),
    ];
    expect(causesOf(changes, { spooled: 12 })).toMatchObject([
      { cause: "link", from: "08:00", to: "08:30", isToCome: true },
      { cause: "gateway-off", from: "09:00", to: "09:30", isToCome: false },
      { cause: "link", from: "09:30", to: "09:40" },
      { cause: "link", from: "10:00", to: null, isToCome: true },
    ]);
    expect(causesOf(changes.slice(0, 2))).toMatchObject([{ cause: "link", isToCome: false }]);
  });

  test("B6: what was given up is told with its reason, minutes in a row as one", () => {
    const minute = at("11:00:00") / 60_000;
    const losses = [0, 1, 5].map((by) => {
      return { machineId: "M-1", minute: minute + by, reason: "spool-full", samples: 10 };
    });
    expect(causesOf([], { losses })).toMatchObject([
      { cause: "lost", from: "11:00", to: "11:02", subject: "spool-full", samples: 20 },
      { cause: "lost", from: "11:05", to: "11:06", samples: 10 },
    ]);
  });

  test("what lies outside the time that is asked for is left out", () => {
    const changes = [bus("05:12:00", "down"), bus("05:14:00", "ok")];
    expect(causesOf(changes, { fromMs: at("05:14:00") })).toEqual([]);
  });
});
