import type { Derived } from "./derived-schema.ts";
import type { Plan, Signal } from "./plan-schema.ts";
import { longestSilenceSeconds } from "./sampling.ts";

type Definitions = Readonly<Record<string, Derived>>;

export const derivedOf = ({ rules }: Pick<Plan, "rules">): Definitions => rules.derived ?? {};

/** Names of the signals a derived one is reckoned from, each once; constants are none. */
export function inputsOf(derived: Derived): string[] {
  const names = operandsOf(derived).filter((name) => typeof name === "string");
  return [...new Set(names)];
}

function operandsOf(derived: Derived): readonly unknown[] {
  switch (derived.operator) {
    case "ratio":
      return [derived.of, derived.by];
    case "difference":
      return [derived.of, derived.minus];
    case "product":
      return [derived.of, derived.times];
    case "sum":
      return derived.of.map(({ signal }) => signal);
    case "extreme":
      return derived.of;
    case "cycle":
      return ["counter" in derived.by ? derived.by.counter : derived.by.signal, derived.of];
    case "duration":
      return [derived.condition.signal];
    case "integral":
    case "rate":
    case "window":
    case "band":
      return [derived.of];
  }
}

/** What it rests on: its inputs, and what the context that it is reckoned in looks at. */
export function basesOf(derived: Derived, contexts: Plan["rules"]["contexts"]): string[] {
  const context = derived.context === undefined ? undefined : contexts[derived.context];
  return [...inputsOf(derived), ...(context?.all ?? []).map(({ signal }) => signal)];
}

/** Measured signals behind a name: itself, or what a derived one is reckoned from in the end. */
export function measuredBehind(definitions: Definitions, name: string): string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  const follow = (one: string) => {
    if (seen.has(one)) return;
    seen.add(one);
    const derived = definitions[one];
    if (derived === undefined) found.add(one);
    else for (const input of inputsOf(derived)) follow(input);
  };
  follow(name);
  return [...found];
}

const shareOfWindow = 1 / 30;

/**
 * The plan with its derived signals behind the measured ones, as rules see it: their places are slots, and what a kind
 * asks of a signal (unit, range, how long it may be silent) it finds there. The same object where there are none.
 */
export function withDerived(plan: Plan): Plan {
  const definitions = derivedOf(plan);
  if (Object.keys(definitions).length === 0) return plan;
  const { acquisition } = plan;
  const signals = { ...acquisition.signals };
  for (const [name, derived] of Object.entries(definitions)) {
    const { title, unit, range, source } = derived;
    const seconds = silenceSeconds(plan, name);
    const sampling = seconds > 0 ? { deadBand: 0, maxSilenceSeconds: seconds } : "every";
    signals[name] = { title, unit, scale: 1, offset: 0, range, sampling, source } satisfies Signal;
  }
  return { ...plan, acquisition: { ...acquisition, signals } };
}

/** The longest time between two values of a signal while everything speaks, s. */
function silenceSeconds(plan: Plan, name: string, above: readonly string[] = []): number {
  const derived = derivedOf(plan)[name];
  if (derived === undefined)
    return longestSilenceSeconds(plan.acquisition.signals[name]?.sampling) ?? 0;
  if (above.includes(name)) return 0; // a circle is told by `plan check`
  const inputs = inputsOf(derived).map((one) => silenceSeconds(plan, one, [...above, name]));
  return Math.max(...inputs, ownSeconds(derived));
}

function ownSeconds(derived: Derived): number {
  switch (derived.operator) {
    case "cycle":
      return derived.longestSeconds;
    case "band":
      return derived.windowSeconds;
    case "rate":
    case "window":
      return derived.windowSeconds * shareOfWindow;
    default:
      return 0;
  }
}
