import type { CompiledRule } from "./compiled-plan.ts";
import type { MachineMemory } from "./machine-memory.ts";
import type { RuleState } from "./rule-kind.ts";

/** Filled again for every rule, so that nothing is allocated per sample. */
const state: RuleState<object> = { numbers: new Float64Array(0), at: 0, more: {} };

/** What a rule keeps of a machine, until that of another one is asked for. */
export function stateOf(
  memory: MachineMemory,
  ruleIndex: number,
  { at }: CompiledRule,
): typeof state {
  state.numbers = memory.numbers;
  state.at = at;
  state.more = memory.more[ruleIndex] as object; // one for each rule
  return state;
}
