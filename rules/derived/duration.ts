import type { DerivedOf } from "@firebreak/plans/derived-schema.ts";
import { clear, type OperatorFacts, read, type StreamOperator } from "./operator.ts";

const size = 2;
const [last, since] = [0, 1];

/**
 * `holds`: for how long the condition has held, 0 while it does not. `since`: how long ago it held last, 0 while it does,
 * not available until it was seen to hold. Both begin afresh after a gap.
 */
export function duration(facts: OperatorFacts<DerivedOf<"duration">>): StreamOperator {
  const { condition, measure, unit } = facts.derived;
  const { above = Number.NEGATIVE_INFINITY, below = Number.POSITIVE_INFINITY } = condition;
  const unitNs = facts.factorOf(unit) * 1e9;
  return {
    takes: "samples",
    size,
    take(state, at, exchange) {
      const { timeNs, value } = exchange;
      const holds = value > above && value < below;
      state[at + last] = timeNs;
      const begins = measure === "since" || Number.isNaN(read(state, at + since));
      if (holds && begins) state[at + since] = timeNs;
      if (!holds && measure === "holds") state[at + since] = Number.NaN;
      const sinceNs = read(state, at + since);
      exchange.result =
        Number.isNaN(sinceNs) && measure === "holds" ? 0 : (timeNs - sinceNs) / unitNs;
      return true;
    },
    interrupt: (state, at) => clear(state, at, size),
  };
}
