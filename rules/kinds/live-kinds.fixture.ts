import type { Plan, Rule, Signal } from "@firebreak/plans/plan-schema.ts";
import { gauss } from "../detectors/series.fixture.ts";
import { judgeOf, type Said, startMs, testPlan } from "../engine/rule-engine.fixture.ts";
import { createRuleEngine } from "../engine/rule-engine.ts";
import type { Finding } from "../finding.ts";

/** Seconds of a row, and of a sample: each row is one sample. */
export const rowSeconds = 600;

const common = {
  about: { en: "test", "zh-CN": "测试" },
  severity: "warning",
  failureMode: "too-high",
  everySeconds: rowSeconds,
  settleSeconds: 0,
} as const;

/** One rule of each kind that is judged in rows; drift and multivariate look at two signals more. */
export const rowRules = {
  novelty: { ...common, id: "novel", kind: "novelty", signal: "pressure" },
  "change-point": { ...common, id: "changed", kind: "change-point", signal: "pressure" },
  multivariate: {
    ...common,
    ...{ id: "apart", kind: "multivariate", signals: ["pressure", "load", "ambient"] },
  },
  "baseline-drift": {
    ...common,
    ...{ id: "drifted", kind: "baseline-drift", signal: "pressure", against: ["load", "ambient"] },
  },
} as const satisfies Record<string, Rule>;

export type RowKind = keyof typeof rowRules;
export const rowKinds = Object.keys(rowRules) as RowKind[];

/** A plan of one rule; its signals are sent once a row, and may be silent for as long. */
export function rowPlan(rule: Rule): Plan {
  const plan = testPlan([rule]);
  const one = (spn: number): Signal => ({
    ...(plan.acquisition.signals.pressure as Signal),
    range: [-1e9, 1e9],
    sampling: { deadBand: 0, maxSilenceSeconds: rowSeconds },
    j1939: { spn, pgn: 65263, sa: 0, startByte: spn, startBit: 1, bits: 8, coding: "analog" },
  });
  const signals = { pressure: one(1), load: one(2), ambient: one(3) };
  return { ...plan, acquisition: { ...plan.acquisition, signals } };
}

/** Pressure, load and ambient temperature, row by row. */
export type MachineRows = readonly (readonly [pressure: number, load: number, ambient: number])[];

/** A pressure that follows a load and the ambient temperature, with noise; `fault` adds to it from a row on. */
export function machineRows(
  seed: number,
  count: number,
  fault: (row: number) => number = () => 0,
): MachineRows {
  const next = gauss(seed);
  let load = 0;
  return Array.from({ length: count }, (_, row) => {
    load = 0.7 * load + 0.7 * next();
    const ambient = 20 + 6 * Math.sin((row / 97) * Math.PI) + 0.3 * next();
    const pressure = 200 + 8 * load + 1.5 * (ambient - 20) + 3 * next() + fault(row);
    return [pressure, 50 + 10 * load, ambient];
  });
}

/** What a machine says that has these rows; the sample of a row stands at its begin. */
export const saidOf = (rows: MachineRows, fromRow = 0): Said[] =>
  rows.flatMap(([pressure, load, ambient], row) => {
    const at = (fromRow + row) * rowSeconds;
    return [
      { at, signal: "pressure", value: pressure },
      { at: at + 1, signal: "load", value: load },
      { at: at + 2, signal: "ambient", value: ambient },
    ];
  });

/** A row that ends the newest one. */
export const judgeRows = (kind: RowKind, rows: MachineRows, fromRow = 0): Finding[] => {
  const plan = rowPlan(rowRules[kind]);
  const { say } = judgeOf(createRuleEngine({ planOf: () => plan }), plan);
  return say(saidOf(rows, fromRow));
};

/** The same, stopped and restored before every so many samples. */
export function judgeRestarted(kind: RowKind, rows: MachineRows, each: number): Finding[] {
  const plan = rowPlan(rowRules[kind]);
  const said = saidOf(rows);
  const found: Finding[] = [];
  let text = "";
  for (let from = 0; from < said.length; from += each) {
    const engine = createRuleEngine({ planOf: () => plan });
    engine.restore("M-1", text);
    found.push(...judgeOf(engine, plan).say(said.slice(from, from + each)));
    text = engine.snapshot("M-1");
  }
  return found;
}

/** The row at whose end something was told, and what. */
export const toldAt = ({ phase, at }: Finding): string =>
  `${phase} ${Math.floor((Date.parse(at) - startMs) / 1000 / rowSeconds) - 1}`;
