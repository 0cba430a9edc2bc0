import { CompositeRule, membersOf } from "@firebreak/plans/composite-schema.ts";
import { signalsOfUnit } from "@firebreak/plans/control-unit.ts";
import type { Plan, Rule } from "@firebreak/plans/plan-schema.ts";
import { Quality, qualityName } from "@firebreak/wire/quality.ts";
import { type Cells, type Layout, layoutOf, listOf } from "../../engine/cells.ts";
import {
  beginHold,
  type HoldLimits,
  holdCells,
  holdSize,
  lastOf,
  restartHold,
  Step,
  stepHold,
  Verdict,
  type When,
} from "../../engine/hold.ts";
import { defineRuleKind, type Moment } from "../../engine/rule-kind.ts";
import { signalGapNs } from "../../engine/signal-gap.ts";

interface Prepared extends HoldLimits {
  readonly rule: CompositeRule;
  readonly members: readonly string[];
  readonly unless: readonly string[];
  readonly withinNs: number;
  readonly signals: readonly string[];
  readonly unit: string;
  readonly layout: Layout;
}

const layoutFor = (members: number): Layout =>
  layoutOf({
    ...holdCells,
    /** When its last episode ended: another one did not begin before; NaN without one. */
    endedNs: Number.NaN,
    /** When each member last began to speak, by its place; NaN before. A sequence outlives the ends of its first ones. */
    ...listOf("began", members, Number.NaN),
  });
const endedAt = holdSize;

/** Filled again for every sample. */
const when: When = { timeNs: Number.NaN, contextSinceNs: Number.NEGATIVE_INFINITY };
const beganAt = holdSize + 1;

/**
 * Finds what several rules say together: all of them, one of them, or one after the other within a time; nothing while
 * another one says that it means something else. It looks at the others with every sample that they look at, after them,
 * and goes by when their episodes began in machine time.
 */
export const composite = defineRuleKind<CompositeRule, Prepared>({
  kind: "composite",
  judges: "live",
  schema: CompositeRule,
  signalsOf: (rule, plan) => signalsBehind(rule, plan),
  prepare(rule, plan) {
    const signals = signalsBehind(rule, plan);
    const members = membersOf(rule);
    return {
      rule,
      members,
      layout: layoutFor(members.length),
      unless: rule.unless ?? [],
      withinNs: (rule.withinSeconds ?? Number.POSITIVE_INFINITY) * 1e9,
      signals,
      unit: plan.acquisition.signals[signals[0] ?? ""]?.unit ?? "",
      minCount: 1,
      holdNs: rule.holdSeconds * 1e9,
      gapNs: Math.max(...signals.map((signal) => signalGapNs(plan, signal))),
    };
  },
  layout: ({ layout }) => layout,
  sample(prepared, state, moment) {
    // Signals need not come in the order of their times; of one and the same they do.
    when.timeNs = Math.max(moment.timeNs, lastOf(state) || Number.NEGATIVE_INFINITY);
    const verdict = isTrue(prepared, state, moment) ? Verdict.yes : Verdict.no;
    const step = stepHold(state, prepared, verdict, when);
    if (step === Step.cleared) state.numbers[state.at + endedAt] = when.timeNs;
    return step;
  },
  restart({ layout }, state) {
    const { numbers, at } = state;
    restartHold(state);
    numbers.set(layout.initial.subarray(holdSize), at + holdSize);
  },
  forget(_, state) {
    const lastNs = lastOf(state);
    beginHold(state);
    state.numbers[state.at + endedAt] = lastNs;
  },
  describe({ rule, members, signals, unit }, state, _key, iso) {
    const allBegan = beganOf(state, members.length);
    const toNs = lastOf(state);
    const sinceNs = togetherSince(rule, allBegan, endedOf(state)) ?? toNs;
    const [signal = "", ...others] = signals;
    const began = allBegan.filter((one) => !Number.isNaN(one));
    return {
      failureMode: rule.failureMode,
      subject: "",
      severity: rule.severity,
      sinceNs,
      evidence: [
        {
          kind: "signal",
          signal,
          unit,
          observed: null,
          limit: null,
          quality: qualityName(Quality.good),
          context: null,
          others,
          says: {
            word: "composite",
            facts: {
              signals: { is: "signals", signals: [...signals] },
              rules: { is: "count", value: rule.any ? began.length : members.length },
              first: { is: "time", at: iso(Math.min(sinceNs, ...began)) },
            },
          },
          from: iso(Math.min(sinceNs, ...began)),
          to: iso(toNs),
          rule: rule.id,
        },
      ],
    };
  },
});

const beganOf = ({ numbers, at }: Cells, count: number): readonly number[] =>
  Array.from(numbers.subarray(at + beganAt, at + beganAt + count));
const endedOf = ({ numbers, at }: Cells): number => numbers[at + endedAt] as number;

function isTrue({ rule, members, unless, withinNs }: Prepared, state: Cells, moment: Moment) {
  const { openSince } = moment;
  const { numbers, at } = state;
  let open = 0;
  for (let member = 0; member < members.length; member++) {
    const since = openSince(members[member] as string);
    const isOpen = !Number.isNaN(since);
    if (isOpen) open++;
    // Of a sequence what began counts on after its end.
    if (isOpen || !rule.sequence) numbers[at + beganAt + member] = since;
  }
  if (open === 0 || unless.some((id) => !Number.isNaN(openSince(id)))) return false;
  if (rule.any) return true;
  const began = beganOf(state, members.length);
  if (rule.all) return open === members.length && spreadOf(began) <= withinNs;
  return !Number.isNaN(openSince(members.at(-1) ?? "")) && isInTurn(began, withinNs);
}

/** When they came to be true together: by their own begins, so that it does not matter what arrived first. */
function togetherSince(
  rule: CompositeRule,
  began: readonly number[],
  endedNs: number,
): number | undefined {
  const known = began.filter((one) => !Number.isNaN(one));
  if (known.length === 0) return undefined;
  const together = rule.sequence
    ? (known.at(-1) ?? Number.NaN)
    : rule.all
      ? Math.max(...known)
      : Math.min(...known);
  return Number.isNaN(endedNs) ? together : Math.max(endedNs, together);
}

const spreadOf = (began: readonly number[]): number => Math.max(...began) - Math.min(...began);

/** False where one has not begun yet: NaN compares with nothing. */
const isInTurn = (began: readonly number[], withinNs: number): boolean =>
  began.every((one, at) => {
    const before = at === 0 ? one : (began[at - 1] ?? Number.NaN);
    return one >= before && one - before <= withinNs;
  });

/** Signals of the rules that it looks at, each once. */
function signalsBehind(rule: CompositeRule, plan: Plan): readonly string[] {
  const ids = [...membersOf(rule), ...(rule.unless ?? [])];
  const of = plan.rules.rules.filter(({ id }) => ids.includes(id));
  return [...new Set(of.flatMap((one) => signalsOfRule(one, plan)))];
}

function signalsOfRule(rule: Rule, plan: Plan): readonly string[] {
  if ("signal" in rule) return [rule.signal];
  if ("signals" in rule) return rule.signals;
  return rule.kind === "unit-lost" ? signalsOfUnit(plan.acquisition, rule.unit) : [];
}
