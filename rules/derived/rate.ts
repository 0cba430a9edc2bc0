import type { DerivedOf } from "@firebreak/plans/derived-schema.ts";
import { advance, type Buckets, bucketAt, bucketsOf, placeOf } from "./buckets.ts";
import { clear, type OperatorFacts, read, type StreamOperator } from "./operator.ts";

const [last, head] = [0, 1];
const heads = 2;
const columns = 2;
/** Engineering default: a slope over less of the window is none. */
const leastShare = 0.5;

/** The slope of a straight line through the window (least squares), told thirty times a window. */
export function rate(facts: OperatorFacts<DerivedOf<"rate">>): StreamOperator {
  const { derived, inputs, factorOf, unitOf } = facts;
  const buckets = bucketsOf(derived.windowSeconds, columns);
  const size = heads + buckets.size;
  const scale = (factorOf(unitOf(inputs[0] ?? "")) * 1e9) / factorOf(derived.unit);
  const leastNs = derived.windowSeconds * 1e9 * leastShare;
  return {
    takes: "samples",
    size,
    take(state, at, exchange) {
      const { timeNs, value } = exchange;
      const before = read(state, at + head);
      const bucket = bucketAt(buckets, timeNs);
      state[at + head] = advance(buckets, state, { at: at + heads, head: before, bucket });
      const place = placeOf(buckets, at + heads, bucket);
      state[place] = timeNs;
      state[place + 1] = value;
      state[at + last] = timeNs;
      if (bucket <= before) return false;
      exchange.result =
        scale * slopeOf(buckets, state, { from: at + heads, leastNs, timeNs, value });
      return true;
    },
    interrupt: (state, at) => clear(state, at, size),
  };
}

/** Per nanosecond; times and values count from the newest, which keeps their digits. */
function slopeOf(
  { count }: Buckets,
  state: Float64Array,
  newest: {
    readonly from: number;
    readonly leastNs: number;
    readonly timeNs: number;
    readonly value: number;
  },
): number {
  const { from, leastNs, timeNs, value } = newest;
  let points = 0;
  let times = 0;
  let values = 0;
  let squares = 0;
  let products = 0;
  let oldest = 0;
  for (let one = 0; one < count; one++) {
    const t = read(state, from + one * columns) - timeNs;
    if (Number.isNaN(t)) continue;
    const v = read(state, from + one * columns + 1) - value;
    points++;
    times += t;
    values += v;
    squares += t * t;
    products += t * v;
    if (t < oldest) oldest = t;
  }
  const spread = points * squares - times * times;
  if (-oldest < leastNs || spread <= 0) return Number.NaN;
  return (points * products - times * values) / spread;
}
