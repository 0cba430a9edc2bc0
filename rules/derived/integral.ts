import type { DerivedOf } from "@firebreak/plans/derived-schema.ts";
import { clear, type OperatorFacts, read, type StreamOperator } from "./operator.ts";

const size = 3;
const [last, lastValue, total] = [0, 1, 2];

/**
 * What has come together since its context began, or since the epoch did: trapezoids between good samples. Nothing is
 * added for a gap.
 */
export function integral(facts: OperatorFacts<DerivedOf<"integral">>): StreamOperator {
  const { derived, inputs, factorOf, unitOf } = facts;
  const perNs = (factorOf(unitOf(inputs[0] ?? "")) * 1e-9) / factorOf(derived.unit);
  return {
    takes: "samples",
    size,
    take(state, at, exchange) {
      const { timeNs, value } = exchange;
      const before = read(state, at + last);
      let sum = read(state, at + total);
      if (Number.isNaN(sum)) sum = 0;
      if (!Number.isNaN(before))
        sum += ((value + read(state, at + lastValue)) / 2) * (timeNs - before) * perNs;
      state[at + last] = timeNs;
      state[at + lastValue] = value;
      state[at + total] = sum;
      exchange.result = sum;
      return true;
    },
    interrupt(state, at, why) {
      if (why === "context") clear(state, at, size);
      else state[at + last] = Number.NaN;
    },
  };
}
