import type { MachineState } from "@firebreak/rules/engine/machine-state.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { noOpenWork, toMachineRow } from "./fleet.ts";
import { healthIndex, toCondition } from "./health.ts";

const off = { mil: "off", redStop: "off", amberWarning: "off", protect: "off" } as const;
const at = "2026-05-01T00:00:00.000Z";
const code = (spn: number, lamp?: "redStop" | "amberWarning"): MachineState["codes"][number] => {
  const lamps = lamp === undefined ? off : { ...off, [lamp]: "on" as const };
  return { sa: 0, spn, fmi: 4, oc: 1, lamps, state: "active", at };
};
const finding = (severity: "info" | "warning" | "critical", spn?: number) => ({
  findingId: `f-${spn}`,
  phase: "raised" as const,
  machineId: "m",
  ruleId: "r",
  planRef: "p@1",
  failureMode: "x",
  subject: "",
  severity,
  since: at,
  at,
  isOnset: true,
  isHistory: false,
  evidence:
    spn === undefined
      ? []
      : [
          {
            kind: "dtc" as const,
            spn,
            fmi: 4,
            oc: 1,
            sa: 0,
            lamps: off,
            from: at,
            to: at,
            rule: "r",
          },
        ],
});
const state = (about: Partial<MachineState>): MachineState => ({
  planRef: "p@1",
  epoch: "0",
  newestAt: at,
  contexts: [],
  findings: [],
  onTrial: [],
  codes: [],
  lives: [],
  faults: [],
  seenAt: {},
  late: { samples: 0, events: 0, batches: 0 },
  ...about,
});

describe("health index", () => {
  test.each([
    { name: "no data", about: { newestAt: null }, health: null },
    { name: "nothing wrong", about: {}, health: 100 },
    { name: "a code without a lamp", about: { codes: [code(1)] }, health: 90 },
    { name: "amber lamp", about: { codes: [code(1, "amberWarning")] }, health: 75 },
    { name: "red lamp", about: { codes: [code(1, "redStop")] }, health: 40 },
    {
      name: "a code and the finding about it count once",
      about: { codes: [code(1, "amberWarning")], findings: [finding("warning", 1)] },
      health: 75,
    },
    {
      name: "a mild finding does not soften a red lamp",
      about: { codes: [code(1, "redStop")], findings: [finding("info", 1)] },
      health: 40,
    },
    {
      name: "two findings",
      about: { findings: [finding("critical"), finding("warning")] },
      health: 27.5,
    },
  ])("$name: $health", ({ about, health }) => expect(healthIndex(state(about))).toBe(health));

  const spns = fc.integer({ min: 1, max: 6 });
  const anyCode = fc
    .record({
      spn: spns,
      lamp: fc.constantFrom("redStop" as const, "amberWarning" as const, undefined),
      is: fc.constantFrom("active" as const, "unknown" as const),
    })
    .map(({ spn, lamp, is }) => ({ ...code(spn, lamp), state: is }));
  /** About no code, one or several. */
  const anyFinding = fc
    .record({
      severity: fc.constantFrom("info" as const, "warning" as const, "critical" as const),
      about: fc.array(spns, { maxLength: 3 }),
    })
    .map(({ severity, about }) => ({
      ...finding(severity),
      evidence: about.flatMap((spn) => finding(severity, spn).evidence),
    }));
  const uniqueCodes = fc.uniqueArray(anyCode, { selector: ({ spn }) => spn, maxLength: 6 });
  const findings = fc.array(anyFinding, { maxLength: 6 });

  test("HP-1: the index is within 0 and 100, whatever is wrong", () => {
    fc.assert(
      fc.property(uniqueCodes, findings, (codes, found) => {
        const index = healthIndex(state({ codes, findings: found }));
        if (index !== null) expect(index).toBeGreaterThanOrEqual(0);
        if (index !== null) expect(index).toBeLessThanOrEqual(100);
      }),
    );
    const forty = Array.from({ length: 40 }, (_, spn) => code(spn, "redStop"));
    expect(healthIndex(state({ codes: forty }))).toBe(0);
  });

  test("HP-2: one active episode more never raises the index", () => {
    fc.assert(
      fc.property(uniqueCodes, findings, anyFinding, (codes, found, more) => {
        const before = healthIndex(state({ codes, findings: found })) ?? 100;
        const after = healthIndex(state({ codes, findings: [...found, more] }));
        expect(after).toBeLessThanOrEqual(before);
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(uniqueCodes, findings, ([more, ...codes], found) => {
        if (more === undefined) return;
        const before = healthIndex(state({ codes, findings: found })) ?? 100;
        const active = { ...more, state: "active" as const };
        const after = healthIndex(state({ codes: [...codes, active], findings: found }));
        expect(after).toBeLessThanOrEqual(before);
      }),
      { numRuns: 500 },
    );
  });

  test("HP-2: a finding about two codes does not make two faults one", () => {
    const codes = [code(1, "amberWarning"), code(2, "amberWarning")];
    const both = {
      ...finding("warning", 1),
      evidence: [1, 2].flatMap((spn) => finding("warning", spn).evidence),
    };
    expect(healthIndex(state({ codes }))).toBe(62.5);
    expect(healthIndex(state({ codes, findings: [both] }))).toBe(62.5);
  });

  test("HP-3: missing data give unknown, not 100", () => {
    expect(toCondition(state({ newestAt: null }))).toMatchObject({ health: null });
    fc.assert(
      fc.property(uniqueCodes, findings, (codes, found) => {
        expect(healthIndex(state({ newestAt: null, codes, findings: found }))).toBeNull();
      }),
    );
  });

  test("a control unit that fell silent has no active code: without a code it may send nothing", () => {
    const codes = [{ ...code(1, "redStop"), state: "unknown" as const }];
    expect(toCondition(state({ codes }))).toMatchObject({ health: 100, activeCodes: [] });
  });
});

describe("past codes", () => {
  const life = (spn: number, stateOfLife: MachineState["lives"][number]["state"]) => ({
    sa: 0,
    spn,
    fmi: 4,
    oc: 127,
    cm: 0 as const,
    lamps: off,
    state: stateOfLife,
    first: at,
    last: at,
    messages: 3,
    onset: [],
  });

  test("are those that are not active now, the newest first, and unknown while their control unit is silent", () => {
    const { activeCodes, pastCodes } = toCondition(
      state({
        codes: [code(1), { ...code(2), state: "unknown" }],
        lives: [
          life(1, "active"),
          life(2, "active"),
          life(3, "previously-active"),
          life(4, "gone"),
        ],
      }),
    );
    expect(activeCodes.map(({ spn }) => spn)).toEqual([1]);
    expect(pastCodes?.map((one) => [one.spn, one.state, one.oc])).toEqual([
      [4, "gone", null],
      [3, "previously-active", null],
      [2, "unknown", null],
    ]);
  });

  test("take nothing off the health index", () => {
    expect(toCondition(state({ lives: [life(3, "previously-active")] })).health).toBe(100);
  });
});

test("F8: a rule that is off is told of its machine, and nothing is where none is", () => {
  const faults = [{ ruleId: "coolant-hot", message: "no such thing" }];
  const machine = { machineId: "M-1", plan: "test", title: null, lastContact: null, online: true };
  const row = (one: MachineState) => toMachineRow(machine, toCondition(one), noOpenWork, null);
  expect(row(state({ faults })).faultyRules).toEqual(faults);
  expect(row(state({}))).not.toHaveProperty("faultyRules");
});

test("what a rule on trial sees is told of its machine, and takes nothing off its health", () => {
  const seen = {
    ...finding("critical"),
    ...{ mode: "shadow" as const, ruleId: "default-oil-temperature", since: at },
    evidence: [
      {
        ...{ kind: "signal" as const, signal: "oilTemperature", unit: "ratio", quality: "good" },
        ...{ observed: 2, limit: 1, measure: "novelty" as const, context: null },
        ...{ from: at, to: at, rule: "default-oil-temperature" },
      },
    ],
  };
  const condition = toCondition(state({ onTrial: [seen] }));
  expect(condition).toMatchObject({
    health: 100,
    activeFindings: 0,
    onTrial: [
      { ruleId: "default-oil-temperature", signal: "oilTemperature", since: at, isNovel: true },
    ],
  });
  expect(toCondition(state({}))).not.toHaveProperty("onTrial");
});
