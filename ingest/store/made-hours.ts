import type { SignalDefinition } from "@firebreak/wire/signal-dictionary.ts";

/** Hour sums of one signal that nobody delivered, such as a demonstration's; columns, ascending, one row an hour. */
export interface MadeSeries {
  readonly signal: SignalDefinition;
  /** UTC, counted from the epoch. */
  readonly hour: Int32Array;
  /** Good samples that the sums stand for; at least one. */
  readonly count: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly sum: Float64Array;
  readonly first: Float64Array;
  readonly last: Float64Array;
}

/** Sums of one machine. */
export interface MadeHours {
  readonly machineId: string;
  /** Where they are from, in one word; noted with every series. */
  readonly origin: string;
  readonly series: readonly MadeSeries[];
}
