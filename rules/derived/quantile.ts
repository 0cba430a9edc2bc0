import type { DerivedOf } from "@firebreak/plans/derived-schema.ts";
import { advance, bucketAt, bucketsOf, placeOf } from "./buckets.ts";
import { type OperatorFacts, read, type StreamOperator } from "./operator.ts";

const [last, lastValue, head] = [0, 1, 2];
const heads = 3;
/** Engineering default: the quantile of so many values, each of which stands for as much time. */
const count = 120;
/** As for other statistics: of less than half there is none. */
const leastKnown = count / 2;

/** Values of the window in their order; filled again each time. */
const sorted = new Float64Array(count);

/** The value that the signal was below for that share of the window, by the value it had at each 120th of it. */
export function quantile(facts: OperatorFacts<DerivedOf<"window">>): StreamOperator {
  const { derived, inputs, gapNs, factorOf, unitOf } = facts;
  const { windowSeconds, quantile: share = 0.5, unit } = derived;
  const buckets = bucketsOf(windowSeconds, 1, count);
  const scale = factorOf(unitOf(inputs[0] ?? "")) / factorOf(unit);
  return {
    takes: "samples",
    size: heads + buckets.size,
    take(state, at, exchange) {
      const { timeNs, value } = exchange;
      const before = read(state, at + head);
      const bucket = bucketAt(buckets, timeNs);
      state[at + head] = advance(buckets, state, { at: at + heads, head: before, bucket });
      const isKnown = timeNs - read(state, at + last) <= gapNs;
      if (isKnown && before > bucket - count)
        for (let one = before + 1; one < bucket; one++)
          state[placeOf(buckets, at + heads, one)] = read(state, at + lastValue);
      state[placeOf(buckets, at + heads, bucket)] = value;
      state[at + last] = timeNs;
      state[at + lastValue] = value;
      if (bucket <= before) return false;
      exchange.result = scale * quantileOf(state, at + heads, share);
      return true;
    },
    interrupt(state, at) {
      state[at + last] = Number.NaN;
    },
  };
}

/** Linear between the two nearest. @see R. J. Hyndman, Y. Fan, Sample quantiles in statistical packages, 1996, type 7 */
function quantileOf(state: Float64Array, from: number, share: number): number {
  let length = 0;
  for (let at = from; at < from + count; at++) {
    const value = read(state, at);
    if (!Number.isNaN(value)) sorted[length++] = value;
  }
  if (length < leastKnown) return Number.NaN;
  sorted.fill(Number.POSITIVE_INFINITY, length);
  sorted.sort();
  const rank = share * (length - 1);
  const below = Math.floor(rank);
  const low = read(sorted, below);
  return below + 1 >= length ? low : low + (rank - below) * (read(sorted, below + 1) - low);
}
