import { describe, expect, test } from "vitest";
import type { GatewayStatus } from "../gateway-status.ts";
import type { BusStatus } from "../sources/source.ts";
import { type BusMemory, busStateOf, lineStateOf, rememberBus } from "./bus-state.ts";
import { busKey, healthValues } from "./health-values.ts";

const nowMs = Date.parse("2026-11-26T05:12:00Z");
const speaking: BusStatus = {
  bus: "can0",
  frames: 1_000,
  errorFrames: 0,
  framesPerSecond: 100,
  lastSeenMs: nowMs - 100,
  unknown: [],
};

/** Of a gateway without anything on it. */
const quietStatus = {
  spool: { storage: {} },
  time: { steps: {}, hub: null },
  certificate: null,
  data: [],
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
    const before = { frames: 1_000, errorFrames: 0, lastSeenMs: nowMs - 2_100, pauseMs: 0 };
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

describe("a bus that speaks now and then", () => {
  /** States at a look every two seconds while a frame comes every so often, and how long it is `ok` after the last. */
  function listen(everyMs: number, lastMs: number) {
    const states: string[] = [];
    let before: BusMemory | undefined;
    for (let atMs = 0; states.at(-1) !== "silent" || atMs < lastMs; atMs += 2_000) {
      const lastSeenMs = nowMs + Math.min(lastMs, Math.floor(atMs / everyMs) * everyMs);
      const bus = { ...speaking, lastSeenMs };
      states.push(busStateOf({ state: "open" }, bus, before, nowMs + atMs));
      before = rememberBus(bus, before);
    }
    const changes = states.filter((state, at) => at > 0 && state !== states[at - 1]).length;
    return { changes, silentAfterMs: (states.length - 1) * 2_000 - lastMs };
  }

  test("keeps its state, and is silent after three of its pauses", () => {
    const { changes, silentAfterMs } = listen(15_000, 600_000);
    // Once silent before its pauses are known, and once in the end.
    expect(changes).toBe(3);
    expect(silentAfterMs).toBeGreaterThan(30_000);
    expect(silentAfterMs).toBeLessThan(60_000);
  });

  test("one that speaks all the time is silent after ten seconds", () => {
    expect(listen(100, 600_000)).toEqual({ changes: 1, silentAfterMs: 12_000 });
  });
});

describe("the buses of a source", () => {
  const facts = { version: "", run: "", nowMs, celsius: null, before: new Map() };
  const status = (source: object) =>
    ({ ...quietStatus, sources: [source] }) as unknown as GatewayStatus;
  const source = { machineId: "M", source: "stream", detail: "", counters: {} };
  const statesOf = (given: object, before = new Map<string, BusMemory>()) =>
    [...healthValues({ ...facts, before, status: status({ ...source, ...given }) })].flatMap(
      ([path, value]) => (path[0] === "bus" && path.at(-1) === "state" ? [[path[3], value]] : []),
    );

  test("stand for themselves, and for the source as long as none of them is known", () => {
    expect(statesOf({ state: "waiting", buses: [] })).toEqual([["stream", "down"]]);
    expect(statesOf({ state: "open", buses: [speaking] })).toEqual([["can0", "ok"]]);
  });

  test("are told of although nothing has come since the source was opened anew", () => {
    const before = new Map([
      [busKey(source, "can0"), rememberBus({ ...speaking, lastSeenMs: nowMs - 60_000 }, undefined)],
    ]);
    expect(statesOf({ state: "waiting", buses: [] }, before)).toEqual([["can0", "down"]]);
    expect(statesOf({ state: "open", buses: [] }, before)).toEqual([["can0", "silent"]]);
  });
});
