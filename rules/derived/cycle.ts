import type { DerivedOf } from "@firebreak/plans/derived-schema.ts";
import { clear, type Exchange, type OperatorFacts, read, type StreamOperator } from "./operator.ts";

const size = 10;
/** Of the cycle under way: NaN while none is. */
const [last, begin, beginValue, peak, lowest, area, known] = [0, 1, 2, 3, 4, 5, 6];
/** Newest of the signal whose feature it is. */
const [ofNs, ofValue] = [7, 8];
/** The counter, or whether the signal was last below (0) or above (1) its levels. */
const mark = 9;

type Cycle = DerivedOf<"cycle">;

/** How many cycles a sample of what delimits them ends: 0 none, and whether one begins. */
interface Delimited {
  ended: number;
  begins: boolean;
}

const delimited: Delimited = { ended: 0, begins: false };

/**
 * A feature of each cycle, told at its end. A cycle lies between two steps of a counter (a step of n is n equal ones), or
 * begins as a signal comes above one level after it was below another. One that is broken by a gap, or lasts too long, is
 * passed over.
 */
export function cycle(facts: OperatorFacts<Cycle>): StreamOperator {
  const { derived, inputs, gapNs, factorOf, unitOf } = facts;
  const { by, of = "", feature, longestSeconds, unit } = derived;
  const longestNs = longestSeconds * 1e9;
  const place = inputs.indexOf(of);
  const divisor =
    feature === "duration" ? factorOf(unit) * 1e9 : factorOf(unit) / factorOf(unitOf(of));
  const delimit = "counter" in by ? byCounter : byLevels(by);
  return {
    takes: "samples",
    size,
    take(state, at, exchange) {
      const { timeNs } = exchange;
      if (timeNs - read(state, at + begin) > longestNs) state[at + begin] = Number.NaN;
      let isTold = false;
      if (exchange.input === 0) {
        delimit(state, at, exchange);
        state[at + last] = timeNs;
        if (delimited.ended > 0 && !Number.isNaN(read(state, at + begin))) {
          close(state, at, timeNs);
          exchange.result = featureOf(feature, { state, at, timeNs }) / divisor;
          isTold = true;
        }
        if (delimited.begins) open(state, at, timeNs);
        else if (delimited.ended > 0) state[at + begin] = Number.NaN;
      }
      if (exchange.input === place) note(state, at, { exchange, gapNs });
      return isTold;
    },
    interrupt: (state, at) => clear(state, at, size),
  };
}

type Delimit = (state: Float64Array, at: number, exchange: Exchange) => void;

const byCounter: Delimit = (state, at, { value }) => {
  const step = value - read(state, at + mark);
  state[at + mark] = value;
  delimited.ended = Math.max(step, 0);
  delimited.begins = step > 0;
  if (step < 0) state[at + begin] = Number.NaN; // the counter was set back
};

function byLevels(by: Extract<Cycle["by"], { signal: string }>): Delimit {
  const { above, below, until } = by;
  return (state, at, { value }) => {
    const wasBelow = read(state, at + mark) === 0;
    delimited.begins = wasBelow && value > above;
    const falls = value < below && !wasBelow;
    delimited.ended = (until === "falls-below" ? falls : delimited.begins) ? 1 : 0;
    if (value < below) state[at + mark] = 0;
    else if (value > above) state[at + mark] = 1;
  };
}

function open(state: Float64Array, at: number, timeNs: number): void {
  const value = read(state, at + ofValue);
  state[at + begin] = timeNs;
  state[at + beginValue] = value;
  state[at + peak] = value;
  state[at + lowest] = value;
  state[at + area] = 0;
  state[at + known] = 0;
}

/** What the signal was last, it was until now. */
function close(state: Float64Array, at: number, timeNs: number): void {
  const from = Math.max(read(state, at + ofNs), read(state, at + begin));
  if (!(timeNs > from)) return;
  state[at + area] = read(state, at + area) + read(state, at + ofValue) * (timeNs - from);
  state[at + known] = read(state, at + known) + timeNs - from;
}

function note(
  state: Float64Array,
  at: number,
  { exchange, gapNs }: { readonly exchange: Exchange; readonly gapNs: number },
): void {
  const { timeNs, value } = exchange;
  const isKnown = timeNs - read(state, at + ofNs) <= gapNs;
  if (!Number.isNaN(read(state, at + begin))) {
    if (isKnown) close(state, at, timeNs);
    if (Number.isNaN(read(state, at + beginValue))) state[at + beginValue] = value;
    if (!(read(state, at + peak) >= value)) state[at + peak] = value;
    if (!(read(state, at + lowest) <= value)) state[at + lowest] = value;
  }
  state[at + ofNs] = timeNs;
  state[at + ofValue] = value;
}

function featureOf(
  feature: Cycle["feature"],
  cycle: { readonly state: Float64Array; readonly at: number; readonly timeNs: number },
): number {
  const { state, at, timeNs } = cycle;
  switch (feature) {
    case "duration":
      return (timeNs - read(state, at + begin)) / delimited.ended;
    case "peak":
      return read(state, at + peak);
    case "lowest":
      return read(state, at + lowest);
    case "rise":
      return read(state, at + peak) - read(state, at + beginValue);
    case "mean":
      return read(state, at + area) / read(state, at + known); // NaN when nothing is known
  }
}
