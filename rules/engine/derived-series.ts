import { basesOf, derivedOf, withDerived } from "@firebreak/plans/derived-inputs.ts";
import type { Derived } from "@firebreak/plans/derived-schema.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { type CompiledPlan, compilePlan } from "./compiled-plan.ts";
import { stepCondition } from "./contexts.ts";
import { feedDerived, type Heard, reckonDue, togetherNs } from "./derive.ts";
import { createMemory, enterEpoch, type MachineMemory } from "./machine-memory.ts";
import { signalGapNs } from "./signal-gap.ts";

/** What a derived signal gave; `value` is NaN unless the quality is good. */
export interface DerivedPoint {
  /** Nanoseconds after the first sample's second. */
  readonly offsetNs: number;
  readonly value: number;
  readonly quality: Quality;
}

/**
 * Before a span this much is read too, where a signal rests on more than its newest samples: a whole shift. Engineering
 * default.
 */
const longLeadSeconds = 12 * 3600;

/** Measured signals that a derived one is reckoned from, what its contexts look at among them. */
export function measuredBases(plan: Plan, name: string): string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  const definitions = derivedOf(plan);
  const follow = (one: string) => {
    if (seen.has(one)) return;
    seen.add(one);
    const derived = definitions[one];
    if (derived === undefined) found.add(one);
    else for (const base of basesOf(derived, plan.rules.contexts)) follow(base);
  };
  follow(name);
  return [...found].filter((one) => one in plan.acquisition.signals);
}

/** How long before a span samples matter to its values, seconds. Integrals and durations may rest on more. */
export function leadSeconds(plan: Plan, name: string, above: readonly string[] = []): number {
  const derived = derivedOf(plan)[name];
  const gap = signalGapNs(withDerived(plan), name) / 1e9;
  if (derived === undefined || above.includes(name)) return gap;
  const bases = basesOf(derived, plan.rules.contexts);
  const leads = bases.map((one) => leadSeconds(plan, one, [...above, name]));
  return ownSeconds(derived) + Math.max(0, ...leads);
}

function ownSeconds(derived: Derived): number {
  switch (derived.operator) {
    case "rate":
    case "window":
    case "band":
      return derived.windowSeconds;
    case "cycle":
      return 2 * derived.longestSeconds;
    case "integral":
    case "duration":
      return longLeadSeconds;
    default:
      return 0;
  }
}

const epoch = "d".repeat(32);

/**
 * Reckons one derived signal from samples of its bases, as the rules' engine does it: the same samples give the same
 * values. Pure but for what it keeps of the samples before.
 */
export class DerivedSeries {
  readonly #memory: MachineMemory;
  readonly #slots: readonly number[];
  readonly #heard: Heard;

  /** `bases`: as `measuredBases` gives them. `beginNs`: at or before the first sample. */
  constructor(
    {
      plan,
      name,
      bases,
    }: { readonly plan: Plan; readonly name: string; readonly bases: readonly string[] },
    beginNs: bigint,
    tell: (point: DerivedPoint) => void,
  ) {
    const compiled = compilePlan(withoutRules(plan), []);
    const slotOf = (signal: string) =>
      Object.keys(compiled.plan.acquisition.signals).indexOf(signal);
    const wanted = slotOf(name);
    const memory = createMemory(compiled);
    enterEpoch(memory, epoch, beginNs);
    this.#memory = memory;
    this.#slots = bases.map(slotOf);
    this.#heard = (slot, quality) => {
      const value = memory.derived.valueOfSlot[slot] ?? Number.NaN;
      const offsetNs = memory.newestOfSlot[slot] ?? Number.NaN;
      noteContext(memory, { slot, offsetNs, value, quality });
      if (slot === wanted) tell({ offsetNs, value, quality });
    };
  }

  /** The next sample in the order of time. `base`: its place among the bases. */
  take(base: number, { offsetNs, value, quality }: DerivedPoint): void {
    const { derived, newestOfSlot, compiled } = this.#memory;
    if (offsetNs - derived.dueSinceNs > togetherNs) reckonDue(this.#memory, this.#heard);
    const slot = this.#slots[base] ?? -1;
    if (slot < 0 || offsetNs < (newestOfSlot[slot] ?? 0)) return;
    newestOfSlot[slot] = offsetNs;
    noteContext(this.#memory, { slot, offsetNs, value, quality });
    if (compiled.derivation.isInput[slot] !== 1) return;
    derived.valueOfSlot[slot] = quality === Quality.good ? value : Number.NaN;
    feedDerived(this.#memory, slot, this.#heard);
  }

  /** Nothing more belongs to what came last. */
  end(): void {
    if (!Number.isNaN(this.#memory.derived.dueSinceNs)) reckonDue(this.#memory, this.#heard);
  }
}

const withoutRules = (plan: Plan): Plan => ({
  ...plan,
  rules: { ...plan.rules, rules: [], defaults: "off" },
});

function noteContext(
  memory: MachineMemory,
  { slot, offsetNs, value, quality }: DerivedPoint & { readonly slot: number },
): void {
  const { conditionsOfSlot }: CompiledPlan = memory.compiled;
  if (quality !== Quality.good) return;
  for (const condition of conditionsOfSlot[slot] ?? [])
    stepCondition(memory, condition, { value, timeNs: offsetNs });
}
