import type { MachineMemory } from "./machine-memory.ts";

/** Takes a good value of a condition's signal in. */
export function stepCondition(
  memory: MachineMemory,
  index: number,
  value: number,
  timeNs: number,
): void {
  const condition = memory.compiled.conditions[index];
  if (condition === undefined) return;
  const wasUnknown = !(timeNs - (memory.conditionNs[index] ?? Number.NaN) <= condition.gapNs);
  memory.conditionNs[index] = timeNs;
  memory.isFulfilled[index] = value > condition.above && value < condition.below ? 1 : 0;
  const { context } = condition;
  const since = memory.contextSinceNs[context] ?? Number.NaN;
  if (!allFulfilled(memory, context, timeNs)) memory.contextSinceNs[context] = Number.NaN;
  else if (wasUnknown || Number.isNaN(since)) memory.contextSinceNs[context] = timeNs;
}

/**
 * Since when a context holds without a break at `timeNs`; NaN when it does not, or when one of its signals has been
 * silent for longer than its gap and nobody knows. -Infinity for index -1: no context.
 */
export function contextSince(memory: MachineMemory, context: number, timeNs: number): number {
  if (context < 0) return Number.NEGATIVE_INFINITY;
  const since = memory.contextSinceNs[context] ?? Number.NaN;
  if (Number.isNaN(since) || allFulfilled(memory, context, timeNs)) return since;
  memory.contextSinceNs[context] = Number.NaN;
  return Number.NaN;
}

export type ContextState = "holds" | "does-not-hold" | "unknown";

export function contextState(memory: MachineMemory, context: number): ContextState {
  const { conditions = [] } = memory.compiled.contexts[context] ?? {};
  if (allFulfilled(memory, context, memory.newestNs)) return "holds";
  return conditions.every((index) => isKnown(memory, index, memory.newestNs))
    ? "does-not-hold"
    : "unknown";
}

const isKnown = (memory: MachineMemory, index: number, timeNs: number): boolean =>
  timeNs - (memory.conditionNs[index] ?? Number.NaN) <=
  (memory.compiled.conditions[index]?.gapNs ?? 0);

function allFulfilled(memory: MachineMemory, context: number, timeNs: number): boolean {
  for (const index of memory.compiled.contexts[context]?.conditions ?? [])
    if (memory.isFulfilled[index] !== 1 || !isKnown(memory, index, timeNs)) return false;
  return true;
}
