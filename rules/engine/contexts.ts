import type { CompiledCondition, CompiledContext } from "./compiled-plan.ts";
import type { When } from "./hold.ts";
import type { MachineMemory } from "./machine-memory.ts";
import type { Moment } from "./rule-kind.ts";

/** Takes a good value of a condition's signal in. */
export function stepCondition(
  memory: MachineMemory,
  index: number,
  moment: Pick<Moment, "value" | "timeNs">,
): void {
  const { value, timeNs } = moment;
  const { conditionNs, isFulfilled, contextSinceNs, compiled } = memory;
  const { context, above, below, gapNs } = compiled.conditions[index] as CompiledCondition;
  const wasUnknown = !(timeNs - (conditionNs[index] as number) <= gapNs);
  conditionNs[index] = timeNs;
  isFulfilled[index] = value > above && value < below ? 1 : 0;
  if (!allFulfilled(memory, context, moment)) contextSinceNs[context] = Number.NaN;
  else if (wasUnknown || Number.isNaN(contextSinceNs[context])) contextSinceNs[context] = timeNs;
}

/**
 * Notes since when a context holds without a break; NaN when it does not, or when one of its signals has been silent for
 * longer than its gap and nobody knows. -Infinity for index -1: no context.
 */
export function noteContext(memory: MachineMemory, context: number, moment: When): void {
  if (context < 0) moment.contextSinceNs = Number.NEGATIVE_INFINITY;
  else if (!holds(memory, context, moment)) moment.contextSinceNs = Number.NaN;
  else moment.contextSinceNs = memory.contextSinceNs[context] as number;
}

/** Whether a context holds, and is known to. */
export function holds(memory: MachineMemory, context: number, when: Pick<When, "timeNs">): boolean {
  const { contextSinceNs } = memory;
  if (Number.isNaN(contextSinceNs[context])) return false;
  if (allFulfilled(memory, context, when)) return true;
  contextSinceNs[context] = Number.NaN;
  return false;
}

export type ContextState = "holds" | "does-not-hold" | "unknown";

export function contextState(memory: MachineMemory, context: number): ContextState {
  const { conditions = [] } = memory.compiled.contexts[context] ?? {};
  const now = { timeNs: memory.newestNs };
  if (allFulfilled(memory, context, now)) return "holds";
  return conditions.every((index) => isKnown(memory, index, now)) ? "does-not-hold" : "unknown";
}

const isKnown = (
  { conditionNs, compiled }: MachineMemory,
  index: number,
  { timeNs }: Pick<When, "timeNs">,
): boolean =>
  timeNs - (conditionNs[index] as number) <=
  (compiled.conditions[index] as CompiledCondition).gapNs;

function allFulfilled(memory: MachineMemory, context: number, when: Pick<When, "timeNs">): boolean {
  const { conditions } = memory.compiled.contexts[context] as CompiledContext;
  for (let at = 0; at < conditions.length; at++) {
    const index = conditions[at] as number;
    if (memory.isFulfilled[index] !== 1 || !isKnown(memory, index, when)) return false;
  }
  return true;
}
