import { decodeBatch } from "@firebreak/wire/batch-block.ts";
import type { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import type { SignalDefinition, SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import type { BatchRecord, ImportedRecord } from "../../journal/record.ts";
import { hourOf, nobodysHour } from "../book/book.ts";
import { field, seriesTags } from "./line-protocol.ts";
import type { Repeat, SeriesStamps, Stamp, StampedRows } from "./stamps.ts";

/** One journalled batch, decoded. */
export interface ChunkBatch extends StampedRows {
  readonly hour: number;
  readonly samples: SampleColumns;
  readonly signals: readonly SignalDefinition[];
}

/** What goes out in one request. */
export interface Lines {
  readonly lines: readonly string[];
  /** Index into the chunk's batches, per line. */
  readonly owner: Uint32Array;
}

export interface SeriesBook {
  /** @throws CodedError BATCH_MALFORMED and the like */
  decode(
    position: number,
    record: BatchRecord | ImportedRecord,
    dictionary: SignalDictionary,
  ): ChunkBatch;
  /** Of a machine that is not known yet: the newest stamp there is of it. */
  know(machineId: string, newest: Stamp): void;
  isKnown(machineId: string): boolean;
  /** Forgets all: after it machines have to be made known again. */
  clear(): void;
  /** The same when it has grown too large. Between two chunks only: what one of them has learnt belongs together. */
  trim(): void;
}

export const linesPerRequest = 5_000;
const maxSeries = 1_000_000;
/** Plans have some dozens of signals; so many can only come from names that change all the time. */
const maxSeriesPerMachine = 5_000;

interface Machine {
  readonly newest: Stamp;
  readonly series: Map<string, SeriesStamps>;
  /** By hash of a dictionary, in its order. */
  readonly byDictionary: Map<string, readonly SeriesStamps[]>;
}

export function createSeriesBook(): SeriesBook {
  const machines = new Map<string, Machine>();
  let seriesCount = 0;

  const seriesOf = (machineId: string, { hash, signals }: SignalDictionary) => {
    const machine = machines.get(machineId);
    if (!machine) throw new RangeError("a machine that was not made known");
    const known = machine.byDictionary.get(hash);
    if (known) return known;
    if (machine.series.size + signals.length > maxSeriesPerMachine)
      throw new RangeError(
        `${machineId} creates too many series: more than ${maxSeriesPerMachine}`,
      );
    const { sec, ns } = machine.newest;
    const made = signals.map((signal) => {
      const key = seriesTags(machineId, signal);
      const series = machine.series.get(key);
      if (series) return series;
      seriesCount++;
      const fresh = { key, sec, ns, storedSec: sec, storedNs: ns };
      machine.series.set(key, fresh);
      return fresh;
    });
    machine.byDictionary.set(hash, made);
    return made;
  };

  const clear = () => {
    machines.clear();
    seriesCount = 0;
  };

  return {
    decode(position, record, dictionary) {
      const { samples, header } = decodeBatch(record.block, dictionary);
      const series = seriesOf(record.machineId, dictionary);
      return toChunkBatch({
        position,
        machineId: record.machineId,
        hour: record.kind === "imported" ? nobodysHour : hourOf(header.baseNs),
        samples,
        signals: dictionary.signals,
        series,
      });
    },
    know(machineId, newest) {
      machines.set(machineId, { newest, series: new Map(), byDictionary: new Map() });
    },
    isKnown: (machineId) => machines.has(machineId),
    clear,
    trim() {
      if (seriesCount > maxSeries) clear();
    },
  };
}

function toChunkBatch(parts: {
  readonly position: number;
  readonly machineId: string;
  readonly hour: number;
  readonly samples: SampleColumns;
  readonly signals: readonly SignalDefinition[];
  readonly series: readonly SeriesStamps[];
}): ChunkBatch {
  const { samples, series, ...rest } = parts;
  const { sec: baseSec, ns: baseNs } = toStamp(samples.baseNs);
  const offset = (row: number) => (samples.offsetNs[row] ?? 0) + baseNs;
  return {
    ...rest,
    samples,
    length: samples.length,
    series: (row) => series[samples.signal[row] ?? 0] as SeriesStamps,
    sec: (row) => baseSec + Math.floor(offset(row) / 1e9),
    ns: (row) => offset(row) - Math.floor(offset(row) / 1e9) * 1e9,
  };
}

export function toStamp(timeNs: bigint): Stamp {
  const rest = Number(timeNs % 1_000_000_000n);
  const sec = Number(timeNs / 1_000_000_000n);
  return rest < 0 ? { sec: sec - 1, ns: rest + 1e9 } : { sec, ns: rest };
}

export const stampNs = ({ sec, ns }: Stamp): bigint => BigInt(sec) * 1_000_000_000n + BigInt(ns);

/** Each repeat is a series of its own: a clock that stands still must not make them without end. */
const maxRepeats = 1_000;
export const tooManyRepeats = "more than 1,000 samples with one stamp";

/** What does not go out, as lines. */
export const toHeldBack = (batches: readonly ChunkBatch[], repeats: readonly Repeat[]) => {
  const byPosition = new Map(batches.map((batch) => [batch.position, batch]));
  return repeats.flatMap(({ position, row, repeat }) => {
    const batch = byPosition.get(position);
    if (!batch || repeat < maxRepeats) return [];
    return [{ batch, line: toLine(batch, row, repeat), reason: tooManyRepeats }];
  });
};

/** Everything else of a chunk as requests of at most 5,000 lines. */
export function* toRequests(
  batches: readonly ChunkBatch[],
  repeats: readonly Repeat[],
): Generator<Lines> {
  const repeatOf = new Map(
    repeats.map(({ position, row, repeat }) => [`${position}/${row}`, repeat]),
  );
  let lines: string[] = [];
  let owner = new Uint32Array(linesPerRequest);
  for (const [index, batch] of batches.entries()) {
    for (let row = 0; row < batch.length; row++) {
      const repeat = repeatOf.size > 0 ? repeatOf.get(`${batch.position}/${row}`) : undefined;
      if (repeat !== undefined && repeat >= maxRepeats) continue;
      owner[lines.length] = index;
      lines.push(toLine(batch, row, repeat));
      if (lines.length < linesPerRequest) continue;
      yield { lines, owner };
      lines = [];
      owner = new Uint32Array(linesPerRequest);
    }
  }
  if (lines.length > 0) yield { lines, owner };
}

function toLine(batch: ChunkBatch, row: number, repeat: number | undefined): string {
  const { samples, signals, machineId } = batch;
  const tags =
    repeat === undefined
      ? batch.series(row).key
      : seriesTags(machineId, signals[samples.signal[row] ?? 0] as SignalDefinition, repeat);
  const value = field(samples.value[row] ?? Number.NaN, samples.quality[row] ?? 0);
  return tags + value + timeText({ sec: batch.sec(row), ns: batch.ns(row) });
}

/** UTC hours since the epoch in which it has samples. */
export function hoursOfBatch(batch: ChunkBatch): Set<number> {
  const hours = new Set<number>();
  for (let row = 0; row < batch.length; row++) hours.add(Math.floor(batch.sec(row) / 3_600));
  return hours;
}

/** The hour of a line's own stamp. */
export const hourOfLine = (line: string): number =>
  hourOf(BigInt(line.slice(line.lastIndexOf(" ") + 1)));

/** A stamp as line protocol has it: nanoseconds since the epoch. */
export function timeText({ sec, ns }: Stamp): string {
  if (sec < 0) return String(stampNs({ sec, ns }));
  return sec === 0 ? String(ns) : sec + String(1e9 + ns).slice(1);
}
