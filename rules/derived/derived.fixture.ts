import type { Derived } from "@firebreak/plans/derived-schema.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { compilePlan } from "../engine/compiled-plan.ts";
import { judgeOf, type Said, testPlan } from "../engine/rule-engine.fixture.ts";
import { createRuleEngine, type RuleEngine } from "../engine/rule-engine.ts";
import type { AnyRuleKind } from "../engine/rule-kind.ts";

const text = { en: "test", "zh-CN": "测试" };

/** What every derived signal of a test has. */
export const about = {
  title: text,
  range: [-1e9, 1e9],
  source: "engineering default",
} satisfies Partial<Derived>;

/** A plan of signals with these units, sampled each time, and what is derived from them. */
export function planOf(
  units: Readonly<Record<string, Plan["acquisition"]["signals"][string]["unit"]>>,
  derived: Readonly<Record<string, Derived>>,
  change: (plan: Plan) => Plan = (plan) => plan,
): Plan {
  const base = testPlan([]);
  const { speed } = base.acquisition.signals;
  if (speed === undefined) throw new TypeError("the test plan has no speed");
  const signals = Object.entries(units).map(([name, unit], index) => [
    name,
    { ...speed, unit, range: [-1e9, 1e9], j1939: { ...speed.j1939, spn: 1000 + index } },
  ]);
  return change({
    ...base,
    acquisition: {
      ...base.acquisition,
      signals: { ...base.acquisition.signals, ...Object.fromEntries(signals) },
    },
    rules: { ...base.rules, derived },
  });
}

/** One value of a derived signal: seconds, and the value or the name of its quality. */
export type Told = readonly [at: number, value: number | string];

const qualityWord = (quality: Quality): string =>
  quality === Quality.outOfRange ? "out-of-range" : "not-available";

/** What a plan's derived signals gave, as a rule on each of them heard it. */
export function listen(plan: Plan): {
  readonly engine: RuleEngine;
  readonly plan: Plan;
  readonly told: Record<string, Told[]>;
  say(said: readonly Said[], epoch?: string): void;
} {
  const told: Record<string, Told[]> = {};
  const names = Object.keys(plan.rules.derived ?? {});
  const slots = Object.keys(compilePlan(plan, []).plan.acquisition.signals);
  const ear: AnyRuleKind = {
    kind: "threshold",
    judges: "live",
    schema: {},
    signalOf: (rule) => ("signal" in rule ? rule.signal : ""),
    prepare: () => ({}),
    sample(_prepared, _state, { slot, timeNs, value, quality }) {
      const name = slots[slot] ?? "";
      const said = quality === Quality.good ? value : qualityWord(quality);
      told[name] = [...(told[name] ?? []), [timeNs / 1e9, said]];
      return 0;
    },
    restart: () => undefined,
    forget: () => undefined,
    describe: () => {
      throw new TypeError("nothing is described");
    },
  };
  const rules = names.map((signal) => ({
    id: `hear-${signal.toLowerCase()}`,
    kind: "threshold" as const,
    about: text,
    severity: "warning" as const,
    signal,
    above: 1e12,
    hysteresis: 0,
    holdSeconds: 0,
    failureMode: "too-high",
  }));
  const heard: Plan = { ...plan, rules: { ...plan.rules, rules } };
  const engine = createRuleEngine({ planOf: () => heard, kinds: [ear] });
  const judge = judgeOf(engine, heard);
  return {
    engine,
    plan: heard,
    told,
    say: (said, epoch) => void judge.say(said, epoch === undefined ? {} : { epoch }),
  };
}

/** A value of a signal every `step` seconds. */
export function series(
  signal: string,
  values: readonly (number | Quality[])[] | ((at: number) => number),
  { from = 0, to = 0, step = 1 }: { from?: number; to?: number; step?: number } = {},
): Said[] {
  const count =
    typeof values === "function" ? Math.floor((to - from) / step + 1e-9) + 1 : values.length;
  return Array.from({ length: count }, (_, index): Said => {
    const at = Math.round((from + index * step) * 1e6) / 1e6;
    const value = typeof values === "function" ? values(at) : values[index];
    return typeof value === "number"
      ? { at, signal, value }
      : { at, signal, value: Number.NaN, quality: value?.[0] ?? Quality.notAvailable };
  });
}
