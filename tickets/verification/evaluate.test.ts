import { loadPlan } from "@firebreak/plans/load-plans.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluate, initialState, type Observation, type WatchedSample } from "./evaluate.ts";
import { type VerificationSpec, wayOf } from "./verification-spec.ts";

const second = 1000;
const finishedMs = Date.parse("2026-03-02T08:00:00.000Z");
const spec: VerificationSpec = {
  planRef: "loader@1",
  faults: ["oil-pressure-low"],
  finishedMs,
  operation: [{ signal: "speed", above: 600 }],
  minOperatingMs: 60 * second,
  minHealth: 80,
  normal: [{ signal: "pressure", above: 70 }],
  holdMs: 5 * second,
  gapMs: { speed: 12 * second, pressure: 12 * second },
};

/** One sample a second of each signal, from `from` to `to` seconds after the finish, both included. */
const run = (from: number, to: number, { speed = 900, pressure = 200 as number | null } = {}) =>
  Array.from({ length: to - from + 1 }, (_, index) => finishedMs + (from + index) * second).flatMap(
    (atMs): WatchedSample[] => [
      { atMs, signal: "speed", value: speed },
      { atMs: atMs + 1, signal: "pressure", value: pressure },
    ],
  );

const seen = (samples: readonly WatchedSample[], more: Partial<Observation> = {}): Observation => ({
  epoch: "a",
  samples,
  onsets: [],
  open: [],
  health: 100,
  ...more,
});

const after = (...observations: readonly Observation[]) =>
  observations.reduce(
    ({ state }, observation) => evaluate(spec, state, observation),
    evaluate(spec, initialState(), seen([])),
  );

describe("§3.13 passes", () => {
  test("after enough operation, and not before", () => {
    expect(after(seen(run(1, 60))).verdict).toEqual({
      is: "pending",
      waitsFor: "59 of 60 s of operation",
    });
    expect(after(seen(run(1, 61))).verdict).toMatchObject({ is: "passed" });
  });

  test("however the data are cut, with the same state", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 90 }), { maxLength: 6 }), (cuts) => {
        const all = run(1, 90, { speed: 900 });
        const edges = [0, ...[...cuts].sort((a, b) => a - b).map((cut) => cut * 2), all.length];
        const pieces = edges.slice(1).map((edge, index) => seen(all.slice(edges[index], edge)));
        expect(after(...pieces).state).toEqual(after(seen(all)).state);
      }),
    );
  });

  test("not while the health index is below the plan's, or unknown", () => {
    for (const health of [79, null])
      expect(after(seen(run(1, 90), { health })).verdict.is).toBe("pending");
    expect(after(seen(run(1, 90), { health: 79 }), seen(run(91, 91))).verdict.is).toBe("passed");
  });

  test("not before every related signal was seen inside its band", () => {
    const blind = after(seen(run(1, 90, { pressure: null })));
    expect(blind.verdict).toEqual({ is: "pending", waitsFor: "a normal value of pressure" });
  });
});

describe("§3.13 counts only operation after the finish", () => {
  test.each([
    { name: "a standing engine", samples: run(1, 90, { speed: 0 }), ms: 0 },
    { name: "time before the finish", samples: run(-90, -1), ms: 0 },
    { name: "a gap longer than the signal's", samples: [...run(1, 11), ...run(200, 210)], ms: 20 },
    { name: "a gap within it", samples: [...run(1, 11), ...run(20, 30)], ms: 29 },
    { name: "the same data twice", samples: [...run(1, 11), ...run(1, 11)], ms: 10 },
  ])("$name", ({ samples, ms }) => {
    expect(after(seen(samples)).state.operatingMs).toBe(ms * second);
  });

  test("nothing across two epochs, and shared time once", () => {
    const { state } = after(seen(run(1, 11)), seen(run(5, 21), { epoch: "b" }));
    // 1 to 11, then 12 to 21: between the two nobody knows.
    expect(state.operatingMs).toBe(19 * second);
  });
});

describe("§3.13 fails", () => {
  const onset = (fault: string, atMs: number) => ({
    onsets: [{ fault, atMs, findingId: "f-2" }],
  });

  test("when the fault comes again", () => {
    const { verdict } = after(seen(run(1, 5), onset("oil-pressure-low", finishedMs + 4000)));
    expect(verdict).toMatchObject({ is: "failed", findingId: "f-2" });
  });

  test("even in the step that would have passed", () => {
    const { verdict } = after(seen(run(1, 90), onset("oil-pressure-low", finishedMs + 4000)));
    expect(verdict.is).toBe("failed");
  });

  test("not by another fault, nor by one before the finish", () => {
    const other = after(seen(run(1, 90), onset("overheating", finishedMs + 4000)));
    const before = after(seen(run(1, 90), onset("oil-pressure-low", finishedMs - 4000)));
    expect([other.verdict.is, before.verdict.is]).toEqual(["passed", "passed"]);
  });

  test("when the fault never went away, but not in the first moments", () => {
    const open = { open: ["oil-pressure-low"] };
    expect(after(seen(run(1, 20), open)).verdict.is).toBe("pending");
    expect(after(seen(run(1, 61), open)).verdict).toEqual({
      is: "failed",
      detail: "oil-pressure-low never went away",
    });
  });

  test("when a related signal stays outside its band for the on-delay, in operation", () => {
    expect(after(seen(run(1, 5, { pressure: 40 }))).verdict.is).toBe("pending");
    expect(after(seen(run(1, 6, { pressure: 40 }))).verdict).toMatchObject({
      is: "failed",
      detail: expect.stringContaining("pressure was 40"),
    });
    const dips = run(1, 60).map((one, index) =>
      one.signal === "pressure" && index % 8 === 1 ? { ...one, value: 40 } : one,
    );
    expect(after(seen(dips)).verdict.is).toBe("pending");
    expect(after(seen(run(1, 20, { pressure: 40, speed: 0 }))).verdict.is).toBe("pending");
  });
});

test("the state of a proof stays small, whatever comes", () => {
  const { state } = after(
    seen(run(1, 5000, { speed: 500 })),
    seen(run(6000, 9000, { speed: 500 })),
  );
  expect(JSON.stringify(state).length).toBeLessThan(500);
});

describe("wayOf", () => {
  const plan = loadPlan("loader-tractor");
  const repaired = { finishedMs, hasGateway: true };

  test("a sensor circuit needs a minute of running, an engine fault an hour", () => {
    const minutesOf = (fault: string) => {
      const way = wayOf(plan, { ...repaired, faults: [fault] });
      return way.by === "telemetry" ? way.spec.minOperatingMs / 60_000 : way.by;
    };
    expect(minutesOf("engine-oil-pressure-sensor")).toBe(1);
    expect(minutesOf("engine-overheating")).toBe(60);
    expect(minutesOf("uncatalogued:SPN 1 FMI 2 SA 3")).toBe(60);
  });

  test("only signals that have to do with the fault must be normal", () => {
    const way = wayOf(plan, { ...repaired, faults: ["engine-oil-pressure-low"] });
    expect(way).toMatchObject({
      by: "telemetry",
      spec: { normal: [{ signal: "engineOilPressure", above: 70 }] },
    });
  });

  test.each([
    {
      name: "no gateway",
      way: wayOf(plan, { ...repaired, faults: ["engine-overheating"], hasGateway: false }),
      by: "phone",
    },
    {
      name: "no plan",
      way: wayOf(undefined, { ...repaired, faults: ["engine-overheating"] }),
      by: "phone",
    },
    {
      name: "a fault no signal speaks of",
      way: wayOf(plan, { ...repaired, faults: ["cab-door"] }),
      by: "checklist",
    },
    { name: "no fault at all", way: wayOf(plan, { ...repaired, faults: [] }), by: "checklist" },
  ])("$name: by $by", ({ way, by }) => expect(way.by).toBe(by));
});
