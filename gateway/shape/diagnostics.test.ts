import type { Acquisition } from "@firebreak/plans/plan-schema.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import { createDictionary } from "@firebreak/wire/signal-dictionary.ts";
import { describe, expect, test } from "vitest";
import type { SourceEvent } from "../decode/source-event.ts";
import { Diagnostics } from "./diagnostics.ts";

const dictionary = createDictionary(
  "made-up",
  ["speed", "pressure", "oil"].map((name) => ({ name, unit: "kPa", scale: 1, offset: 0 })),
);
const lamps = { mil: "off", redStop: "off", amberWarning: "on", protect: "off" } as const;
const dm1 = (ms: number, spns: readonly number[]): SourceEvent => ({
  kind: "active-dtcs",
  timeNs: BigInt(ms) * 1_000_000n,
  sa: 0,
  lamps,
  dtcs: spns.map((spn) => ({ spn, fmi: 4, oc: 1, cm: 0 })),
});

function diagnosticsOf(keySignals?: string[]) {
  const acquisition = { ...(keySignals ? { keySignals } : {}) } as Acquisition;
  let nowMs = 0;
  const diagnostics = new Diagnostics({ acquisition, dictionary }, () => nowMs);
  return {
    diagnostics,
    wait: (ms: number) => {
      nowMs += ms;
    },
    /** Rows of `[ms, signal, value]`. */
    take: (rows: readonly [number, number, number][], events: readonly SourceEvent[] = []) => {
      const samples = new SampleColumns(0n, 4);
      for (const [ms, signal, value] of rows)
        samples.push(signal, ms * 1e6, value, Number.isNaN(value) ? Quality.error : Quality.good);
      return diagnostics.take(samples, events);
    },
  };
}

describe("Diagnostics", () => {
  test("keeps the key signals as they were when the code began, not as they are later", () => {
    const { take } = diagnosticsOf(["pressure", "speed"]);
    take([[100, 0, 900]]);
    const told = take(
      [
        [200, 1, 250],
        [300, 2, 1],
        [500, 1, Number.NaN],
        [700, 0, 50],
      ],
      [dm1(600, [100])],
    );
    expect(told.map(({ kind }) => kind)).toEqual(["dtc-change", "active-dtcs"]);
    expect(told[0]).toMatchObject({
      state: "active",
      snapshot: [
        { signal: 1, value: Number.NaN, quality: Quality.error, ageMs: 100 },
        { signal: 0, value: 900, quality: Quality.good, ageMs: 500 },
      ],
    });
  });

  test("takes the first signals of a plan that names none, and leaves out what was never heard", () => {
    const { take } = diagnosticsOf();
    const [change] = take([[1, 2, 7]], [dm1(2, [100])]);
    expect(change).toMatchObject({ snapshot: [{ signal: 2, value: 7, ageMs: 1 }] });
  });

  test("tells a snapshot once more when signals that were not heard yet have come a second later", () => {
    const { take } = diagnosticsOf(["pressure", "speed"]);
    expect(take([[10, 1, 250]], [dm1(20, [100])])).toMatchObject([
      { kind: "dtc-change", snapshot: [{ signal: 1 }] },
      { kind: "active-dtcs" },
    ]);
    expect(take([[500, 0, 900]])).toEqual([]);
    expect(take([[1_020, 0, 910]])).toMatchObject([
      {
        kind: "dtc-change",
        state: "active",
        timeNs: 1_020_000_000n,
        firstNs: 20_000_000n,
        snapshot: [
          { signal: 1, value: 250, ageMs: 1_010 },
          { signal: 0, value: 910, ageMs: 0 },
        ],
      },
    ]);
    expect(take([[3_000, 0, 920]])).toEqual([]);
  });

  test("sends the messages on as they are, but not the lists that only move the life cycle", () => {
    const { take } = diagnosticsOf();
    const list = { ...dm1(3, [101]), kind: "dtc-listing", list: "pending" } as SourceEvent;
    const told = take([], [dm1(1, []), list]);
    expect(told.map(({ kind }) => kind)).toEqual(["active-dtcs", "dtc-change"]);
  });

  test("tells of silence by the time of other samples, and by the clock where nothing comes at all", () => {
    const { take, wait, diagnostics } = diagnosticsOf();
    take([], [dm1(1_000, [100])]);
    expect(take([[5_999, 0, 1]])).toEqual([]);
    expect(take([[6_000, 0, 1]])).toMatchObject([{ state: "unknown" }]);
    take([], [dm1(7_000, [100])]);
    wait(4_999);
    expect(diagnostics.tick()).toEqual([]);
    wait(1);
    expect(diagnostics.tick()).toMatchObject([{ state: "unknown", timeNs: 12_000_000_000n }]);
    expect(diagnostics.tick()).toEqual([]);
  });

  test("tells what a control unit is once, and again when it changes", () => {
    const { take } = diagnosticsOf();
    const identity = (software: string): SourceEvent => ({
      kind: "identity",
      timeNs: 1n,
      sa: 0,
      fact: "software",
      fields: [software],
    });
    expect(take([], [identity("1.4"), identity("1.4")])).toHaveLength(1);
    expect(take([], [identity("1.5")])).toHaveLength(1);
  });

  test("control units that quarrel over an address are told of twelve times an hour", () => {
    const { take } = diagnosticsOf();
    const claims = (fromSecond: number): SourceEvent[] =>
      Array.from({ length: 1_000 }, (_, at) => ({
        kind: "identity",
        timeNs: BigInt(fromSecond + at) * 1_000_000_000n,
        sa: 0,
        fact: "name",
        fields: [at % 2 === 0 ? "00000000000000aa" : "00000000000000bb"],
      }));
    expect(take([], claims(0))).toHaveLength(12);
    expect(take([], claims(3_600))).toHaveLength(12);
  });

  test("a freeze frame is told once, and again when the control unit kept another", () => {
    const { take } = diagnosticsOf();
    const frame = (engineSpeedRpm: number, oc = 1): SourceEvent => ({
      kind: "freeze-frame",
      timeNs: 1n,
      sa: 0,
      dtc: { spn: 100, fmi: 4, oc, cm: 0 },
      values: {
        boostKpa: null,
        engineSpeedRpm,
        engineLoadPercent: null,
        coolantTemperatureC: null,
        vehicleSpeedKmh: null,
      },
      extra: "",
    });
    expect(take([], [frame(900), frame(900)])).toEqual([frame(900)]);
    expect(take([], [frame(950), frame(950, 2)])).toEqual([frame(950), frame(950, 2)]);
  });

  test("the same address is another control unit in another network", () => {
    const { take } = diagnosticsOf();
    const vin = { kind: "identity", timeNs: 1n, sa: 0, fact: "vin" } as const;
    const events: SourceEvent[] = [
      { ...vin, fields: ["A"] },
      { ...vin, fields: ["B"], network: 1 },
      { ...vin, fields: ["A"] },
    ];
    expect(take([], events)).toEqual(events.slice(0, 2));
  });
});
