import type { Derived } from "@firebreak/plans/derived-schema.ts";
import type { Plan, Rule, Signal } from "@firebreak/plans/plan-schema.ts";

export const signalCount = 30;
const text = { en: "bench", "zh-CN": "基准" };

/** Signal 0 is the speed that the context looks at; the last three come from a control unit of their own. */
export const nameOf = (index: number): string => `signal${index}`;
const unitSa = 33;

function signals(): Record<string, Signal> {
  return Object.fromEntries(
    Array.from({ length: signalCount }, (_, index): [string, Signal] => [
      nameOf(index),
      {
        title: text,
        unit: "kPa",
        scale: 0.1,
        offset: 0,
        range: [0, 1000],
        sampling: { deadBand: 5, maxSilenceSeconds: 10 },
        source: "engineering default",
        j1939: {
          ...{ spn: index + 1, pgn: 65263, startByte: 1, startBit: 1, bits: 8, coding: "analog" },
          ...(index >= signalCount - 3 ? { sa: unitSa } : {}),
        },
      },
    ]),
  );
}

const about = {
  title: text,
  range: [-1000, 1000],
  source: "engineering default",
} satisfies Partial<Derived>;

const derived: Record<string, Derived> = {
  share: { ...about, unit: "%", operator: "ratio", of: nameOf(1), by: nameOf(0) },
  usualShare: {
    ...{ ...about, unit: "%", operator: "window", of: "share", statistic: "mean" },
    windowSeconds: 600,
  },
  fall: { ...about, unit: "bar/min", operator: "rate", of: nameOf(2), windowSeconds: 300 },
};

const common = { about: text, severity: "warning", failureMode: "mode", context: "on" } as const;

const threshold = (signal: string): Rule => ({
  ...common,
  ...{ id: `threshold-${signal.toLowerCase()}`, kind: "threshold", signal },
  ...{ above: 900, hysteresis: 10, holdSeconds: 5 },
});

/** As plans use them: limits most of all, some of them on what is derived, and one or two of every other kind. */
const rules: readonly Rule[] = [
  ...[3, 4, 5, 6, 7, 8, 9, 10].map((index) => threshold(nameOf(index))),
  threshold("usualShare"),
  threshold("fall"),
  ...[11, 12].map(
    (index): Rule => ({
      ...common,
      ...{ id: `slope-${index}`, kind: "rate-of-change", signal: nameOf(index) },
      ...{ rise: 100, per: "second", overSeconds: 120, holdSeconds: 30 },
    }),
  ),
  ...[13, 14].map(
    (index): Rule => ({
      ...common,
      ...{ id: `often-${index}`, kind: "window-count", signal: nameOf(index) },
      ...{ above: 990, hysteresis: 10, windowSeconds: 3600, count: 5 },
    }),
  ),
  ...[3, 4, 15].map(
    (index): Rule => ({
      ...common,
      ...{ id: `lost-${index}`, kind: "sensor-error", signal: nameOf(index), holdSeconds: 10 },
    }),
  ),
  {
    ...common,
    ...{ id: "stuck", kind: "sensor-plausibility", signal: nameOf(16), companion: nameOf(0) },
  },
  {
    ...{ id: "unit-lost", kind: "unit-lost", about: text, severity: "warning" },
    ...{ unit: { sa: unitSa }, holdSeconds: 5, failureMode: "mode" },
  },
  {
    ...{ id: "dtc", kind: "active-dtc", about: text, severity: "warning" },
    ...{ minMessages: 3, holdSeconds: 1.5, silenceSeconds: 15 },
  },
];

export const ruleCount = rules.length;

/** 30 signals, three derived ones, a context and 20 rules. */
export const benchPlan = (): Plan => ({
  plan: "bench",
  version: 1,
  title: text,
  acquisition: { maker: "bench", models: ["bench"], signals: signals() },
  rules: {
    contexts: { on: { title: text, all: [{ signal: nameOf(0), above: 400 }] } },
    derived,
    rules: [...rules],
  },
  service: {
    productType: "bench",
    tier: "meet",
    emergency: { slaProfile: "standard" },
    failureModes: {},
  },
});
