import { createHash } from "node:crypto";
import { basesOf, derivedOf, inputsOf } from "@firebreak/plans/derived-inputs.ts";
import type { Derived } from "@firebreak/plans/derived-schema.ts";
import type { Plan, Rule } from "@firebreak/plans/plan-schema.ts";

/**
 * Differs when the rule differs, or a context, failure mode or derived signal that it speaks of: then its state means
 * something else. A rule without a failure mode of its own may come to any of them.
 */
export function versionOfRule(plan: Plan, rule: Rule): string {
  const { rules, service } = plan;
  const words = wordsIn(rule);
  const modes = "failureMode" in rule ? named(service.failureModes, words) : service.failureModes;
  const contexts = named(rules.contexts, words);
  const looked = Object.values(contexts).flatMap(({ all }) => all.map(({ signal }) => signal));
  return hashOf([rule, contexts, modes, definitionsBehind(plan, [...words, ...looked])]);
}

/** Of a context: differs when it, or what it looks at, differs. */
export function versionOfContext(plan: Plan, id: string): string {
  const context = plan.rules.contexts[id];
  const looked = (context?.all ?? []).map(({ signal }) => signal);
  return hashOf([context, definitionsBehind(plan, looked)]);
}

/** Of a derived signal: differs when it, its context or what it is reckoned from differs. */
export function versionOfDerived(plan: Plan, derived: Derived): string {
  const { contexts } = plan.rules;
  const context = derived.context === undefined ? null : (contexts[derived.context] ?? null);
  const bases = basesOf(derived, contexts);
  const units = inputsOf(derived).map((name) => plan.acquisition.signals[name]?.unit ?? null);
  return hashOf([derived, context, units, definitionsBehind(plan, bases)]);
}

/** Every text that stands somewhere in a value. */
function wordsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(wordsIn);
}

const named = <Value>(known: Readonly<Record<string, Value>>, words: readonly string[]) =>
  Object.fromEntries(Object.entries(known).filter(([name]) => words.includes(name)));

function definitionsBehind(plan: Plan, names: readonly string[]): [string, Derived][] {
  const definitions = derivedOf(plan);
  const found = new Map<string, Derived>();
  const follow = (name: string) => {
    const derived = definitions[name];
    if (derived === undefined || found.has(name)) return;
    found.set(name, derived);
    for (const base of basesOf(derived, plan.rules.contexts)) follow(base);
  };
  for (const name of names) follow(name);
  return [...found];
}

const hashOf = (value: unknown): string =>
  createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
