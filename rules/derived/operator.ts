import type { Derived } from "@firebreak/plans/derived-schema.ts";

/**
 * What goes into an operator and comes out of it. The engine fills one object again and again, so that nothing is
 * allocated per sample: read it, never keep it.
 */
export interface Exchange {
  /** Event time in nanoseconds after the start of the epoch's time line. */
  timeNs: number;
  /** Good value of one input, in the input's unit. */
  value: number;
  /** Which input: its place among the operator's. */
  input: number;
  /** What the operator gives, in the derived signal's unit; NaN where that is not available. */
  result: number;
}

/** What an operator may know of its derived signal. */
export interface OperatorFacts<One extends Derived = Derived> {
  readonly derived: One;
  readonly inputs: readonly string[];
  /** A longer silence than this of the first input means that nobody knows what it was. */
  readonly gapNs: number;
  /** So many of the base unit are one of it. */
  factorOf(unit: string): number;
  unitOf(signal: string): string;
}

/**
 * Reckons from values that belong together, whenever one of them has changed. Without state.
 * `operands`: values of the inputs in their units, NaN for one that is not available.
 */
export interface PointOperator {
  readonly takes: "values";
  combine(operands: Float64Array, exchange: Exchange): void;
}

/**
 * Takes every good sample of its inputs, in their order. State is `size` numbers from `at` on, NaN to begin with; the
 * first is the time of the newest sample of the first input, kept by the operator, NaN after an interruption.
 */
export interface StreamOperator {
  readonly takes: "samples";
  readonly size: number;
  /** True when there is a result. */
  take(state: Float64Array, at: number, exchange: Exchange): boolean;
  /** A gap, a value that is not good, or the end of the context: what comes next does not follow what was. */
  interrupt(state: Float64Array, at: number, why: "unknown" | "context"): void;
}

export type Operator = PointOperator | StreamOperator;

/** NaN is what was never set. */
export const clear = (state: Float64Array, at: number, size: number): void => {
  state.fill(Number.NaN, at, at + size);
};

/** A number of the state, which is as long as its operators need. */
export const read = (state: Float64Array, at: number): number => state[at] as number;
