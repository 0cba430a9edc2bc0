import { derivedOf, measuredBehind, withDerived } from "@firebreak/plans/derived-inputs.ts";
import { planRef } from "@firebreak/plans/load-plans.ts";
import type { Plan, Rule } from "@firebreak/plans/plan-schema.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import type { Layout } from "./cells.ts";
import { type CompiledDerivation, compileDerivation } from "./compiled-derived.ts";
import { defaultRules } from "./default-rules.ts";
import type { AnyRuleKind } from "./rule-kind.ts";
import { versionOfContext, versionOfDerived, versionOfRule } from "./rule-version.ts";
import { signalGapNs } from "./signal-gap.ts";

/** One rule of a plan, ready to judge. Shared by every machine of the plan. */
export interface CompiledRule {
  readonly id: string;
  /** Of its one episode, where it has no more. */
  readonly episodeKey: string;
  readonly kind: AnyRuleKind;
  readonly prepared: unknown;
  /** `kind.sample`: kinds are of many shapes, rules of one, and every sample asks for it. */
  readonly sample: AnyRuleKind["sample"];
  /** Its numbers, and where they begin among those of a machine. */
  readonly layout: Layout;
  readonly at: number;
  /** Whose samples it judges, if any. */
  readonly signal?: string | undefined;
  /** What it finds opens no ticket, and keeps no other rule from speaking. */
  readonly isShadow: boolean;
  /** Its episodes stay after their return to normal until a person resets them. */
  readonly isLatching: boolean;
  /** All it judges. */
  readonly signals: readonly string[];
  /** Measured signals behind its own. */
  readonly restsOn: readonly string[];
  /** Ids of the rules that, while they speak, leave this one nothing to say. */
  readonly doubters: ReadonlySet<string>;
  /** Index into the contexts; -1 without one. */
  readonly context: number;
  /** Differs when the rule or what it rests on or leads to differs: state of another version is not taken over. */
  readonly version: string;
}

/** One condition of a context on one signal. */
export interface CompiledCondition {
  readonly context: number;
  readonly above: number;
  readonly below: number;
  readonly gapNs: number;
}

export interface CompiledContext {
  readonly id: string;
  /** Indexes into the conditions. */
  readonly conditions: readonly number[];
  readonly version: string;
}

export interface CompiledPlan {
  /** With its derived signals behind the measured ones: a signal's place is its slot. */
  readonly plan: Plan;
  readonly ref: string;
  readonly rules: readonly CompiledRule[];
  readonly eventRules: readonly number[];
  /** Numbers of all rules of a machine, as they are to begin with. */
  readonly initial: Float64Array;
  readonly contexts: readonly CompiledContext[];
  readonly derivation: CompiledDerivation;
  readonly conditions: readonly CompiledCondition[];
  /** By slot (index of a signal in the plan): what listens to it. */
  readonly rulesOfSlot: readonly (readonly number[])[];
  readonly conditionsOfSlot: readonly (readonly number[])[];
  readonly slotCount: number;
  /** Slot of each signal index of a dictionary; -1 for a signal the plan does not know. */
  slotsOf(dictionary: SignalDictionary): Int16Array;
}

const maxDictionaries = 64;
const noNumbers: Layout = { initial: new Float64Array(0), names: [] };

/** Makes a plan ready to judge with; once per plan, not per machine. */
export function compilePlan(
  written: Plan,
  kinds: readonly AnyRuleKind[],
  isAttended = true,
): CompiledPlan {
  const plan = withDerived(written);
  const slotOf = new Map(Object.keys(plan.acquisition.signals).map((name, slot) => [name, slot]));
  const contextNames = Object.keys(plan.rules.contexts);
  const listeners = () => Array.from(slotOf, (): number[] => []);
  const rulesOfSlot = listeners();
  const conditionsOfSlot = listeners();
  const eventRules: number[] = [];

  const judged = [...plan.rules.rules, ...defaultRules(plan)];
  let size = 0;
  const all = judged.flatMap((rule): Omit<CompiledRule, "doubters">[] => {
    const kind = kinds.find((one) => one.kind === rule.kind);
    if (kind === undefined) return [];
    const context = "context" in rule && rule.context ? contextNames.indexOf(rule.context) : -1;
    const version = versionOfRule(plan, rule);
    const signal = kind.signalOf?.(rule);
    const signals = kind.signalsOf?.(rule, plan) ?? (signal === undefined ? [] : [signal]);
    const believed = signal === undefined ? [] : signals;
    const restsOn = believed.flatMap((name) => measuredBehind(derivedOf(plan), name));
    const prepared = kind.prepare(rule, plan);
    const isShadow = rule.mode === "shadow";
    const layout = kind.layout?.(prepared) ?? noNumbers;
    const at = size;
    size += layout.initial.length;
    const episodeKey = `${rule.id}|`;
    const own = {
      id: rule.id,
      episodeKey,
      kind,
      prepared,
      sample: kind.sample,
      layout,
      at,
      isShadow,
      isLatching: isAttended && latches(plan, rule),
    };
    return [{ ...own, signal, signals, restsOn, context, version }];
  });
  const rules = all.map((rule): CompiledRule => {
    const doubters = all.filter((other) => doubts(other, rule));
    return { ...rule, doubters: new Set(doubters.map(({ id }) => id)) };
  });
  for (const [index, { id, kind, signals }] of rules.entries()) {
    const rule = judged.find((one) => one.id === id);
    const names = new Set([...signals, ...((rule && kind.companionsOf?.(rule)) ?? [])]);
    for (const name of names) rulesOfSlot[slotOf.get(name) ?? -1]?.push(index);
    if (kind.event) eventRules.push(index);
  }

  const conditions: CompiledCondition[] = [];
  const contexts = Object.entries(plan.rules.contexts).map(([id, { all }], context) => ({
    id,
    version: versionOfContext(plan, id),
    conditions: all.map(({ signal, above, below }) => {
      const index =
        conditions.push({
          context,
          above: above ?? Number.NEGATIVE_INFINITY,
          below: below ?? Number.POSITIVE_INFINITY,
          gapNs: signalGapNs(plan, signal),
        }) - 1;
      conditionsOfSlot[slotOf.get(signal) ?? -1]?.push(index);
      return index;
    }),
  }));

  const known = new Map<string, Int16Array>();
  return {
    plan,
    ref: planRef(plan),
    rules,
    eventRules,
    initial: Float64Array.from(rules.flatMap(({ layout }) => [...layout.initial])),
    contexts,
    derivation: compileDerivation(plan, slotOf, (derived) => versionOfDerived(plan, derived)),
    conditions,
    rulesOfSlot,
    conditionsOfSlot,
    slotCount: slotOf.size,
    slotsOf(dictionary) {
      let slots = known.get(dictionary.hash);
      if (slots === undefined) {
        if (known.size >= maxDictionaries) known.clear();
        slots = Int16Array.from(dictionary.signals, ({ name }) => slotOf.get(name) ?? -1);
        known.set(dictionary.hash, slots);
      }
      return slots;
    },
  };
}

/**
 * By default safety matters of the machine itself: what was done with it (nature operation) is over when it is over. Not
 * where no ticket is opened, on which a person could reset it, nor codes: they are their control unit's own state.
 */
function latches({ service }: Plan, rule: Rule): boolean {
  if (!("failureMode" in rule) || rule.mode === "shadow") return false;
  const { reviewState, safetyRelated, nature } = service.failureModes[rule.failureMode] ?? {};
  if (reviewState !== "approved") return false;
  const said = "latched" in rule ? rule.latched : undefined;
  return said ?? (safetyRelated === true && nature !== "operation");
}

/** Whether `other`, while it speaks, leaves nothing to say to a rule that rests on one of its signals. */
const doubts = (
  { kind, signals, isShadow }: Pick<CompiledRule, "kind" | "signals" | "isShadow">,
  rule: Pick<CompiledRule, "kind" | "restsOn">,
): boolean =>
  !isShadow &&
  (kind.doubts === "unit" || (kind.doubts === "signal" && !rule.kind.doubts)) &&
  rule.restsOn.some((name) => signals.includes(name));
