import type { Batch } from "@firebreak/wire/batch.ts";
import type { SignalDefinition } from "@firebreak/wire/signal-dictionary.ts";
import type { SeriesColumns } from "./series-block.ts";

/** Samples of one series, ascending by time, equal times in order of arrival. */
export interface TransposedSeries {
  readonly signal: SignalDefinition;
  readonly columns: SeriesColumns;
}

/** What distinguishes series of one machine: another unit or scale is another series under the same name. */
export const seriesKey = ({ name, unit, scale, offset, spn, sa }: SignalDefinition): string =>
  JSON.stringify([name, unit, scale, offset, spn ?? null, sa ?? null]);

interface Growing {
  readonly signal: SignalDefinition;
  readonly offsetNs: number[];
  readonly value: number[];
  readonly quality: number[];
}

export interface DecodedBatch {
  readonly batch: Batch;
  readonly signals: readonly SignalDefinition[];
}

/** Turns batches (rows of many signals, in order of arrival) into one set of columns per series. */
export function transpose(
  batches: Iterable<DecodedBatch>,
  baseNs: bigint,
): Map<string, TransposedSeries> {
  const series = new Map<string, Growing>();
  const bySignals = new Map<readonly SignalDefinition[], (Growing | undefined)[]>();
  for (const { batch, signals } of batches) {
    const columns = bySignals.get(signals) ?? [];
    bySignals.set(signals, columns);
    const { samples } = batch;
    const shiftNs = Number(samples.baseNs - baseNs);
    for (let row = 0; row < samples.length; row++) {
      const index = samples.signal[row] ?? 0;
      const into = columns[index] ?? open(series, signals[index]);
      if (!into) continue;
      columns[index] = into;
      into.offsetNs.push((samples.offsetNs[row] ?? 0) + shiftNs);
      into.value.push(samples.value[row] ?? Number.NaN);
      into.quality.push(samples.quality[row] ?? 0);
    }
  }
  return new Map(
    [...series].map(([key, { signal, ...columns }]) => [key, { signal, columns: sorted(columns) }]),
  );
}

function open(
  series: Map<string, Growing>,
  signal: SignalDefinition | undefined,
): Growing | undefined {
  if (!signal) return undefined;
  const key = seriesKey(signal);
  const known = series.get(key);
  if (known) return known;
  const made: Growing = { signal, offsetNs: [], value: [], quality: [] };
  series.set(key, made);
  return made;
}

/** Stable, so that samples of one stamp stay in order of arrival. Nearly always they are in order already. */
export function sorted(columns: {
  readonly offsetNs: ArrayLike<number>;
  readonly value: ArrayLike<number>;
  readonly quality: ArrayLike<number>;
}): SeriesColumns {
  const { offsetNs, value, quality } = columns;
  if (isAscending(offsetNs))
    return {
      offsetNs: Float64Array.from(offsetNs),
      value: Float64Array.from(value),
      quality: Uint8Array.from(quality),
    };
  const order = Uint32Array.from({ length: offsetNs.length }, (_, row) => row);
  order.sort((one, other) => (offsetNs[one] ?? 0) - (offsetNs[other] ?? 0) || one - other);
  return {
    offsetNs: Float64Array.from(order, (row) => offsetNs[row] ?? 0),
    value: Float64Array.from(order, (row) => value[row] ?? Number.NaN),
    quality: Uint8Array.from(order, (row) => quality[row] ?? 0),
  };
}

function isAscending(times: ArrayLike<number>): boolean {
  for (let row = 1; row < times.length; row++)
    if ((times[row] ?? 0) < (times[row - 1] ?? 0)) return false;
  return true;
}
