import type { Dtc, Lamps } from "@firebreak/wire/machine-event.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SourceEvent } from "../decode/source-event.ts";
import { DtcLife } from "./dtc-life.ts";

const dark: Lamps = { mil: "off", redStop: "off", amberWarning: "off", protect: "off" };
const ns = (seconds: number) => BigInt(Math.round(seconds * 1e9));
const code = (spn: number, oc = 1): Dtc => ({ spn, fmi: 4, oc, cm: 0 });

const dm1 = (at: number, spns: readonly number[], sa = 0): SourceEvent => ({
  kind: "active-dtcs",
  timeNs: ns(at),
  sa,
  lamps: dark,
  dtcs: spns.map((spn) => code(spn)),
});
const listing = (
  at: number,
  list: "previously-active" | "pending" | "emission-related",
  spns: readonly number[],
): SourceEvent => ({
  kind: "dtc-listing",
  timeNs: ns(at),
  sa: 0,
  list,
  lamps: dark,
  dtcs: spns.map((spn) => code(spn)),
});

/** Every `step` seconds from `from` to `to`. */
const every = (step: number, [from, to]: [number, number], spns: readonly number[], sa = 0) =>
  Array.from({ length: Math.round((to - from) / step) + 1 }, (_, index) =>
    dm1(from + index * step, spns, sa),
  );

function live(events: readonly SourceEvent[], untilSeconds?: number) {
  const life = new DtcLife({
    silenceNs: ns(5),
    snapshot: (timeNs) => [{ signal: 0, value: Number(timeNs) / 1e9, quality: 0, ageMs: 0 }],
  });
  const steps = events.flatMap((event) => life.take(event));
  if (untilSeconds !== undefined) steps.push(...life.passTime(ns(untilSeconds)));
  return { life, steps };
}

const brief = (events: readonly SourceEvent[], untilSeconds?: number) =>
  live(events, untilSeconds).steps.map(
    ({ timeNs, sa, dtc, state, snapshot }) =>
      `${Number(timeNs) / 1e9} ${sa}/${dtc.spn} ${state}${snapshot.length > 0 ? " with snapshot" : ""}`,
  );

describe("DtcLife", () => {
  test("makes one event of ten hertz of DM1, with a snapshot at its onset", () => {
    const { steps } = live(every(0.1, [1, 61], [100]));
    expect(steps).toHaveLength(1);
    expect(steps[0]).toMatchObject({
      kind: "dtc-change",
      timeNs: ns(1),
      state: "active",
      firstNs: ns(1),
      messages: 1,
      snapshot: [{ signal: 0, value: 1 }],
    });
  });

  test("goes from active to previously active to gone, by what the control unit lists", () => {
    const events = [
      ...every(1, [1, 9], [100]),
      dm1(10, []),
      listing(11, "previously-active", [100]),
      listing(71, "previously-active", []),
    ];
    expect(brief(events)).toEqual([
      "1 0/100 active with snapshot",
      "10 0/100 previously-active",
      "71 0/100 gone",
    ]);
    const { steps } = live(events);
    expect(steps[2]).toMatchObject({ firstNs: ns(1), lastNs: ns(11), messages: 10 });
  });

  test("takes silence for unknown, never for cleared, and the return for no onset", () => {
    expect(brief([...every(1, [1, 3], [100]), ...every(1, [20, 22], [100])])).toEqual([
      "1 0/100 active with snapshot",
      "8 0/100 unknown",
      "20 0/100 active",
    ]);
    expect(brief(every(1, [1, 3], [100]), 7.9)).toEqual(["1 0/100 active with snapshot"]);
    expect(brief(every(1, [1, 3], [100]), 8)).toEqual([
      "1 0/100 active with snapshot",
      "8 0/100 unknown",
    ]);
  });

  test("says of a code that is missing after a silence that it is no longer active", () => {
    expect(brief([...every(1, [1, 3], [100]), dm1(20, [])])).toEqual([
      "1 0/100 active with snapshot",
      "8 0/100 unknown",
      "20 0/100 previously-active",
    ]);
  });

  test("counts a code that comes back as a new life with a snapshot of its own", () => {
    const { steps } = live([dm1(1, [100]), dm1(2, [100]), dm1(3, []), dm1(9, [100]), dm1(10, [])]);
    expect(
      steps.map(({ state, firstNs, messages, snapshot }) => [
        state,
        firstNs,
        messages,
        snapshot[0]?.value,
      ]),
    ).toEqual([
      ["active", ns(1), 1, 1],
      ["previously-active", ns(1), 2, undefined],
      ["active", ns(9), 1, 9],
      ["previously-active", ns(9), 1, undefined],
    ]);
  });

  test("keeps control units and networks apart", () => {
    const other = { ...dm1(2, []), network: 1 } as SourceEvent;
    expect(brief([dm1(1, [100]), dm1(1.5, [], 3), other, dm1(2.5, [100], 3)])).toEqual([
      "1 0/100 active with snapshot",
      "2.5 3/100 active with snapshot",
    ]);
  });

  test("tells of pending codes that become active, or go", () => {
    expect(
      brief([listing(1, "pending", [100, 101]), dm1(2, [100]), listing(3, "pending", [])]),
    ).toEqual([
      "1 0/100 pending",
      "1 0/101 pending",
      "2 0/100 active with snapshot",
      "3 0/101 gone",
    ]);
  });

  test("takes a list of emission-related codes for no step", () => {
    expect(brief([listing(1, "emission-related", [100])])).toEqual([]);
  });

  test("passes over what speaks of the past", () => {
    expect(brief([dm1(5, [100]), dm1(4, [])])).toEqual(["5 0/100 active with snapshot"]);
  });

  test("is bounded: 256 codes, 512 control units", () => {
    const spns = Array.from({ length: 300 }, (_, at) => at + 1);
    const { life, steps } = live([dm1(1, spns)]);
    expect([steps.length, life.overflow]).toEqual([256, 44]);
    const many = Array.from({ length: 600 }, (_, at) => ({
      ...dm1(1, [1], at % 256),
      network: 1 + Math.floor(at / 256),
    })) as SourceEvent[];
    expect(live(many).steps.length).toBe(256);
  });

  test("tells of active once before anything else is told, whatever comes", () => {
    const event = fc.oneof(
      fc
        .record({ at: fc.nat({ max: 30 }), spns: fc.subarray([1, 2, 3]) })
        .map(({ at, spns }) => dm1(at, spns)),
      fc
        .record({
          at: fc.nat({ max: 30 }),
          list: fc.constantFrom("previously-active" as const, "pending" as const),
          spns: fc.subarray([1, 2, 3]),
        })
        .map(({ at, list, spns }) => listing(at, list, spns)),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const sorted = events.toSorted((a, b) => Number(a.timeNs - b.timeNs));
        const last = new Map<number, string>();
        for (const { dtc, state } of live(sorted).steps) {
          expect(state).not.toBe(last.get(dtc.spn));
          if (state === "unknown") expect(last.get(dtc.spn)).toBe("active");
          last.set(dtc.spn, state);
        }
      }),
    );
  });
});
