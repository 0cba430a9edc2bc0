import type { DerivedOf } from "@firebreak/plans/derived-schema.ts";
import { add, advance, type Buckets, bucketAt, bucketsOf, placeOf } from "./buckets.ts";
import { type Exchange, type OperatorFacts, read, type StreamOperator } from "./operator.ts";
import { quantile } from "./quantile.ts";

const [last, lastValue, head, base] = [0, 1, 2, 3];
const heads = 4;
/** Of each part of the window: time known (ns), integral of the value, of its square, the least, the greatest. */
const [known, first, second, least, greatest] = [0, 1, 2, 3, 4];
const columns = 5;

/** Engineering default: a window of which less is known says nothing. */
export const leastKnownShare = 0.5;

type Statistic = DerivedOf<"window">["statistic"];

/**
 * A statistic over the last `windowSeconds`, told thirty times a window. Samples weigh as long as they last (a signal with
 * a dead band is silent while it stays the same), gaps nothing.
 */
export function window(facts: OperatorFacts<DerivedOf<"window">>): StreamOperator {
  const { derived, inputs, factorOf, unitOf } = facts;
  if (derived.statistic === "quantile") return quantile(facts);
  const buckets = bucketsOf(derived.windowSeconds, columns);
  const scale = factorOf(unitOf(inputs[0] ?? "")) / factorOf(derived.unit);
  const leastKnownNs = derived.windowSeconds * 1e9 * leastKnownShare;
  return {
    takes: "samples",
    size: heads + buckets.size,
    take(state, at, exchange) {
      const { timeNs, value } = exchange;
      const before = read(state, at + head);
      const bucket = bucketAt(buckets, timeNs);
      state[at + head] = advance(buckets, state, { at: at + heads, head: before, bucket });
      // Sums of what differs from some value of the signal keep their digits.
      if (Number.isNaN(read(state, at + base))) state[at + base] = value;
      noteLasted(buckets, state, { at, timeNs, bucket });
      noteExtremes(state, placeOf(buckets, at + heads, bucket), value);
      state[at + last] = timeNs;
      state[at + lastValue] = value;
      if (bucket <= before) return false;
      summarise(buckets, state, at);
      exchange.result =
        totals.known < leastKnownNs
          ? Number.NaN
          : scale * statisticOf(derived.statistic, read(state, at + base));
      return true;
    },
    interrupt(state, at) {
      state[at + last] = Number.NaN;
    },
  };
}

function noteExtremes(state: Float64Array, place: number, value: number): void {
  if (!(read(state, place + least) <= value)) state[place + least] = value;
  if (!(read(state, place + greatest) >= value)) state[place + greatest] = value;
}

/** The value before has lasted until now: in each part of the window for as long as it lies in it. */
function noteLasted(
  buckets: Buckets,
  state: Float64Array,
  now: Pick<Exchange, "timeNs"> & { readonly at: number; readonly bucket: number },
): void {
  const { at, timeNs, bucket } = now;
  const fromNs = read(state, at + last);
  if (Number.isNaN(fromNs)) return;
  const { bucketNs, count } = buckets;
  const value = read(state, at + lastValue);
  const excess = value - read(state, at + base);
  const oldest = Math.max(bucketAt(buckets, fromNs), bucket - count + 1);
  for (let one = oldest; one <= bucket; one++) {
    const endNs = one === bucket ? timeNs : (one + 1) * bucketNs;
    const lasted = endNs - Math.max(fromNs, one * bucketNs);
    if (!(lasted > 0)) continue;
    const place = placeOf(buckets, at + heads, one);
    noteExtremes(state, place, value);
    add(state, place + known, lasted);
    add(state, place + first, excess * lasted);
    add(state, place + second, excess * excess * lasted);
  }
}

/** Of the window last looked at; filled again each time. */
const totals = { known: 0, first: 0, second: 0, least: Number.NaN, greatest: Number.NaN };

function summarise({ count, columns: width }: Buckets, state: Float64Array, at: number): void {
  totals.known = 0;
  totals.first = 0;
  totals.second = 0;
  totals.least = Number.POSITIVE_INFINITY;
  totals.greatest = Number.NEGATIVE_INFINITY;
  for (let one = 0; one < count; one++) {
    const place = at + heads + one * width;
    const low = read(state, place + least);
    if (Number.isNaN(low)) continue;
    if (low < totals.least) totals.least = low;
    const high = read(state, place + greatest);
    if (high > totals.greatest) totals.greatest = high;
    const span = read(state, place + known);
    if (Number.isNaN(span)) continue;
    totals.known += span;
    totals.first += read(state, place + first);
    totals.second += read(state, place + second);
  }
}

function statisticOf(statistic: Statistic, about: number): number {
  const mean = totals.first / totals.known;
  const square = totals.second / totals.known;
  switch (statistic) {
    case "min":
      return totals.least;
    case "max":
      return totals.greatest;
    case "standard-deviation":
      return Math.sqrt(Math.max(0, square - mean * mean));
    case "rms":
      return Math.sqrt(Math.max(0, square + 2 * about * mean + about * about));
    default:
      return about + mean;
  }
}
