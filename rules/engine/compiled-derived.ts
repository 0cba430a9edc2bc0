import { derivedOf, inputsOf, measuredBehind } from "@firebreak/plans/derived-inputs.ts";
import type { Derived } from "@firebreak/plans/derived-schema.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { unitFacts } from "@firebreak/plans/unit-dimensions.ts";
import type { Operator } from "../derived/operator.ts";
import { prepareOperator } from "../derived/registry.ts";
import { signalGapNs } from "./signal-gap.ts";

/** One derived signal of a plan, ready to reckon. Shared by every machine of the plan. */
export interface CompiledDerived {
  readonly name: string;
  readonly slot: number;
  readonly operator: Operator;
  /** Slots of its inputs, and how old a value of each may be. */
  readonly inputs: readonly number[];
  readonly gapsNs: readonly number[];
  /** Index into the contexts; -1 without one. */
  readonly context: number;
  readonly range: readonly [min: number, max: number];
  /** Where its numbers begin among those of the machine, and how many they are. */
  readonly at: number;
  readonly size: number;
  /** Differs when what it is reckoned from, or how, differs. */
  readonly version: string;
  /** Under which name its fault stands beside those of rules; no rule can have it. */
  readonly faultId: string;
}

export interface CompiledDerivation {
  /** Each behind what it is reckoned from. */
  readonly all: readonly CompiledDerived[];
  /** Numbers of state of one machine. */
  readonly size: number;
  /** By slot: operators that take its samples as they come, with those that take theirs; in the order of `all`. */
  readonly streamsOfSlot: readonly (readonly number[])[];
  /** By slot: operators that reckon with its newest value. */
  readonly pointsOfSlot: readonly (readonly number[])[];
  /** By slot: whether anything is reckoned from it. */
  readonly isInput: Uint8Array;
  /** Measured signals behind each, by name. */
  readonly behind: ReadonlyMap<string, readonly string[]>;
}

/**
 * Makes the derived signals of a plan ready. `plan`: with its derived signals among the signals.
 * `versionOf`: differs when what a derived signal rests on differs.
 */
export function compileDerivation(
  plan: Plan,
  slotOf: ReadonlyMap<string, number>,
  versionOf: (derived: Derived) => string,
): CompiledDerivation {
  const contexts = Object.keys(plan.rules.contexts);
  const definitions = derivedOf(plan);
  let size = 0;
  const all = inOrder(definitions).map((name): CompiledDerived => {
    const derived = definitions[name] as Derived; // a name of this record
    const inputs = inputsOf(derived);
    const gapsNs = inputs.map((input) => signalGapNs(plan, input));
    const operator = prepareOperator({
      derived,
      inputs,
      gapNs: gapsNs[0] ?? 0,
      factorOf: (unit) => unitFacts(unit)?.factor ?? Number.NaN,
      unitOf: (signal) => plan.acquisition.signals[signal]?.unit ?? "",
    });
    const [min = 0, max = 0] = derived.range;
    const own = operator.takes === "samples" ? operator.size : 0;
    const at = size;
    size += own;
    return {
      name,
      slot: slotOf.get(name) ?? -1,
      operator,
      inputs: inputs.map((input) => slotOf.get(input) ?? -1),
      gapsNs,
      context: derived.context === undefined ? -1 : contexts.indexOf(derived.context),
      range: [min, max],
      at,
      size: own,
      version: versionOf(derived),
      faultId: `derived ${name}`,
    };
  });
  const behind = new Map(all.map(({ name }) => [name, measuredBehind(definitions, name)]));
  return { all, size, behind, ...listenersOf(all, slotOf.size) };
}

function listenersOf(
  all: readonly CompiledDerived[],
  slotCount: number,
): Omit<CompiledDerivation, "all" | "size" | "behind"> {
  const isInput = new Uint8Array(slotCount);
  for (const { inputs } of all) for (const input of inputs) isInput[input] = 1;
  const slots = Array.from({ length: slotCount }, (_, slot) => slot);
  const takers = (slot: number, takes: Operator["takes"]): number[] =>
    all.flatMap(({ operator, inputs }, index) =>
      operator.takes === takes && inputs.includes(slot) ? [index] : [],
    );
  const streamsOfSlot = slots.map((slot) => {
    const found = new Set<number>();
    const follow = (from: number) => {
      for (const index of takers(from, "samples")) {
        if (found.has(index)) continue;
        found.add(index);
        follow(all[index]?.slot ?? -1);
      }
    };
    follow(slot);
    return [...found].sort((one, other) => one - other);
  });
  return { streamsOfSlot, pointsOfSlot: slots.map((slot) => takers(slot, "values")), isInput };
}

/** Names, each behind those it is reckoned from. */
function inOrder(definitions: Readonly<Record<string, Derived>>): string[] {
  const ordered: string[] = [];
  const begun = new Set<string>();
  const take = (name: string) => {
    const derived = definitions[name];
    if (derived === undefined || begun.has(name)) return;
    begun.add(name);
    for (const input of inputsOf(derived)) take(input);
    ordered.push(name);
  };
  for (const name of Object.keys(definitions)) take(name);
  return ordered;
}
