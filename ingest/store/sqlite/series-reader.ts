import type { DatabaseSync } from "node:sqlite";
import { decodeBatch } from "@firebreak/wire/batch-block.ts";
import type { SignalDefinition } from "@firebreak/wire/signal-dictionary.ts";
import { createDictionaryReader } from "../book/book.ts";
import { compare, type Span } from "../raw-page.ts";
import type { Reading } from "../reading.ts";
import { createMadeExtents } from "./made-extents.ts";
import { decodeSeries, type SeriesColumns } from "./series-block.ts";
import { type DecodedBatch, transpose } from "./transpose.ts";

/** One piece of a series: a sealed block or what is still hot. */
export interface Piece {
  readonly baseNs: bigint;
  readonly columns: SeriesColumns;
}

export interface SeriesRow {
  readonly id: bigint;
  readonly name: string;
  readonly unit: string;
  readonly scale: number;
  readonly offset: number;
  readonly spn: bigint | null;
  readonly sa: bigint | null;
  readonly last_ns: bigint;
  readonly last_value: number | null;
  readonly last_quality: bigint;
}

export interface SealedRow {
  readonly id: bigint;
  readonly t_min: bigint;
  readonly t_max: bigint;
  readonly series: bigint;
  readonly samples: bigint;
}

/** Reads pieces of series from the file, block by block. */
export interface SeriesReader {
  machineId(name: string): bigint | undefined;
  seriesOf(machine: bigint, signal?: string): SeriesRow[];
  /** What overlaps the span, by start; blocks are loaded one by one with `load`. */
  sealedIn(series: readonly SeriesRow[], span: Span): SealedRow[];
  /** Whether hours that have no samples begin or end there: the samples alone do not tell of the span. */
  isMadeIn(series: readonly SeriesRow[], span: Span): boolean;
  load(row: SealedRow, series: SeriesRow): Piece;
  /** Hot samples of a machine, in order of arrival within each series. */
  hotOf(machine: bigint): Reading<{ signal: SignalDefinition; piece: Piece }[]>;
}

export function createSeriesReader(database: DatabaseSync): SeriesReader {
  const prepare = (sql: string) => {
    const statement = database.prepare(sql);
    statement.setReadBigInts(true);
    return statement;
  };
  const machine = prepare("select id from machine where name = ?");
  const series = prepare(
    "select * from series where machine = ?1 and (?2 is null or name = ?2) order by name, sa, id",
  );
  const sealed = prepare(
    `select id, series, t_min, t_max, samples from sealed
     where series = ? and t_min < ? and t_max >= ? order by t_min, id`,
  );
  const block = prepare("select block from sealed where id = ?");
  const hot = prepare(
    "select dictionary, block from hot where machine = ? order by position limit 20000",
  );
  const dictionaryOf = createDictionaryReader(database);
  const madeExtent = createMadeExtents(database);

  const decodeHot = function* (id: bigint): Reading<DecodedBatch[]> {
    const batches: DecodedBatch[] = [];
    for (const row of hot.iterate(id)) {
      yield;
      const dictionary = dictionaryOf(row.dictionary as bigint);
      try {
        const batch = decodeBatch(row.block as Uint8Array, dictionary);
        batches.push({ batch, signals: dictionary.signals });
      } catch {
        // The sealer puts it aside, with its reason.
      }
    }
    return batches;
  };

  return {
    machineId: (name) => machine.get(name)?.id as bigint | undefined,
    seriesOf: (id, signal) => series.all(id, signal ?? null) as unknown as SeriesRow[],
    sealedIn: (rows, { fromNs, toNs }) =>
      rows
        .flatMap(({ id }) => sealed.all(id, toNs, fromNs) as unknown as SealedRow[])
        .sort((one, other) => compare(one.t_min, other.t_min) || compare(one.id, other.id)),
    isMadeIn: (rows, { fromNs, toNs }) =>
      rows.some(({ id }) => {
        const { low, high } = madeExtent(id);
        return low !== null && high !== null && low < toNs && high >= fromNs;
      }),
    load: ({ id, t_min }, scaling) => ({
      baseNs: t_min,
      columns: decodeSeries(block.get(id)?.block as Uint8Array, scaling),
    }),
    *hotOf(id) {
      const groups = splitBySpan(yield* decodeHot(id));
      return groups.flatMap(({ baseNs, members }) =>
        [...transpose(members, baseNs).values()].map(({ signal, columns }) => ({
          signal,
          piece: { baseNs, columns },
        })),
      );
    },
  };
}

/** Offsets are exact for 52 days: batches further apart go into pieces of their own, in order of arrival. */
function splitBySpan(batches: readonly DecodedBatch[]) {
  const spanNs = 25n * 86_400_000_000_000n;
  const groups: { baseNs: bigint; lowest: bigint; highest: bigint; members: DecodedBatch[] }[] = [];
  for (const decoded of batches) {
    const at = decoded.batch.samples.baseNs;
    const group = groups.at(-1);
    const lowest = group && group.lowest < at ? group.lowest : at;
    const highest = group && group.highest > at ? group.highest : at;
    if (!group || highest - lowest > spanNs) {
      groups.push({ baseNs: at, lowest: at, highest: at, members: [decoded] });
      continue;
    }
    Object.assign(group, { lowest, highest, baseNs: lowest });
    group.members.push(decoded);
  }
  return groups;
}
