/** One figure of a benchmark. `median` of `runs`, all in `unit`; `note` says what it is compared with. */
export interface BenchResult {
  readonly name: string;
  readonly unit: string;
  readonly median: number;
  readonly runs: readonly number[];
  readonly note?: string;
}

export function medianOf(runs: readonly number[]): number {
  const sorted = runs.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** Builds a result from its runs. */
export function toResult(
  name: string,
  unit: string,
  runs: readonly number[],
  note?: string,
): BenchResult {
  return { name, unit, median: medianOf(runs), runs, ...(note === undefined ? {} : { note }) };
}
