import type { DerivedOf } from "@firebreak/plans/derived-schema.ts";
import { clear, type OperatorFacts, read, type StreamOperator } from "./operator.ts";

const [last, begin, taken, base] = [0, 1, 2, 3];
const heads = 4;

/** Engineering defaults: a block may last so much longer or shorter than its samples say, one step so much longer. */
const blockTolerance = 0.05;
const longestStep = 1.5;

/** Mean square of the Hann window. @see F. J. Harris, On the use of windows, 1978 */
const hannPower = 3 / 8;

/**
 * Root mean square of what a fast signal has between two frequencies, block by block: Goertzel's recursion for each
 * frequency of the band under a Hann window, so that no sample is kept. Not available for a block whose samples did not
 * come as regularly as the plan says.
 */
export function band(facts: OperatorFacts<DerivedOf<"band">>): StreamOperator {
  const { derived, inputs, factorOf, unitOf } = facts;
  const { fromHz, toHz, samplesPerSecond, windowSeconds } = derived;
  const length = Math.round(samplesPerSecond * windowSeconds);
  const resolutionHz = samplesPerSecond / length;
  const lowest = Math.ceil(fromHz / resolutionHz - 1e-9);
  const bins = Math.floor(toHz / resolutionHz + 1e-9) - lowest + 1;
  const coefficients = Float64Array.from(
    { length: bins },
    (_, bin) => 2 * Math.cos((2 * Math.PI * (lowest + bin)) / length),
  );
  const hann = Float64Array.from(
    { length },
    (_, at) => 0.5 - 0.5 * Math.cos((2 * Math.PI * at) / length),
  );
  const scale = factorOf(unitOf(inputs[0] ?? "")) / factorOf(derived.unit);
  const stepNs = 1e9 / samplesPerSecond;
  const blockNs = (length - 1) * stepNs;
  const size = heads + 2 * bins;
  return {
    takes: "samples",
    size,
    take(state, at, exchange) {
      const { timeNs, value } = exchange;
      if (timeNs - read(state, at + last) > longestStep * stepNs) clear(state, at, size);
      if (Number.isNaN(read(state, at + begin))) start(state, at, { size, timeNs, value });
      const count = read(state, at + taken);
      const input = (value - read(state, at + base)) * read(hann, count);
      recur(state, at + heads, { coefficients, input });
      state[at + last] = timeNs;
      state[at + taken] = count + 1;
      if (count + 1 < length) return false;
      const lasted = timeNs - read(state, at + begin);
      const isRegular = Math.abs(lasted - blockNs) <= blockTolerance * blockNs;
      const power = (2 * energyOf(state, at + heads, coefficients)) / (length * length * hannPower);
      exchange.result = isRegular ? scale * Math.sqrt(power) : Number.NaN;
      clear(state, at, size);
      state[at + last] = timeNs;
      return true;
    },
    interrupt: (state, at) => clear(state, at, size),
  };
}

function start(
  state: Float64Array,
  at: number,
  first: { readonly size: number; readonly timeNs: number; readonly value: number },
): void {
  state.fill(0, at, at + first.size);
  state[at + begin] = first.timeNs;
  state[at + base] = first.value;
}

function recur(
  state: Float64Array,
  from: number,
  { coefficients, input }: { readonly coefficients: Float64Array; readonly input: number },
): void {
  for (let bin = 0; bin < coefficients.length; bin++) {
    const place = from + 2 * bin;
    const one = read(state, place);
    state[place] = input + read(coefficients, bin) * one - read(state, place + 1);
    state[place + 1] = one;
  }
}

function energyOf(state: Float64Array, from: number, coefficients: Float64Array): number {
  let energy = 0;
  for (let bin = 0; bin < coefficients.length; bin++) {
    const one = read(state, from + 2 * bin);
    const two = read(state, from + 2 * bin + 1);
    energy += one * one + two * two - read(coefficients, bin) * one * two;
  }
  return Math.max(0, energy);
}
