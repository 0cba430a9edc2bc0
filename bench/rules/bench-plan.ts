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

const onSignal = (kind: "novelty" | "change-point", index: number): Rule => ({
  ...common,
  ...{ id: `${kind}-${index}`, kind, signal: nameOf(index) },
});

const lost = (index: number): Rule => ({
  ...common,
  ...{ id: `lost-${index}`, kind: "sensor-error", signal: nameOf(index), holdSeconds: 10 },
});

/** As plans use them: limits most of all, some of them on what is derived, and one of every other live kind. */
const rules: readonly Rule[] = [
  ...[3, 4, 5, 6, 7].map((index) => threshold(nameOf(index))),
  threshold("usualShare"),
  threshold("fall"),
  ...[3, 4, 8].map(lost),
  onSignal("novelty", 9),
  onSignal("change-point", 10),
  {
    ...common,
    ...{ id: "slope", kind: "rate-of-change", signal: nameOf(11) },
    ...{ rise: 100, per: "second", overSeconds: 120, holdSeconds: 30 },
  },
  {
    ...common,
    ...{ id: "often", kind: "window-count", signal: nameOf(12) },
    ...{ above: 990, hysteresis: 10, windowSeconds: 3600, count: 5 },
  },
  {
    ...common,
    ...{ id: "unlike", kind: "multivariate", signals: [13, 14, 15].map(nameOf) },
  },
  {
    ...common,
    ...{ id: "drift", kind: "baseline-drift", signal: nameOf(16), against: [nameOf(17)] },
  },
  {
    ...common,
    ...{ id: "stuck", kind: "sensor-plausibility", signal: nameOf(18), companion: nameOf(0) },
  },
  {
    ...{ id: "both", kind: "composite", about: text, severity: "warning", failureMode: "mode" },
    ...{ all: ["threshold-signal3", "threshold-signal4"], holdSeconds: 5 },
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

/** 30 signals, three derived ones, a context and 20 rules; the signals that none speaks of are watched, as in any plan. */
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
