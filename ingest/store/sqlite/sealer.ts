import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { decodeBatch, readBatchHeader } from "@firebreak/wire/batch-block.ts";
import { createDictionaryReader, hourOf } from "../book/book.ts";
import {
  addMinutes,
  decodeMinutes,
  encodeMinutes,
  type HourOfMinutes,
  rollUp,
  sumMinutes,
} from "./rollup.ts";
import { encodeSeries, type Scaling } from "./series-block.ts";
import { inTransaction } from "./telemetry-schema.ts";
import { type DecodedBatch, seriesKey, type TransposedSeries, transpose } from "./transpose.ts";

/** Most samples of one step: what bounds its memory and the pause it makes. */
const maxStepSamples = 32_768;
const maxSpanNs = 50n * 86_400_000_000_000n;

interface HotRow {
  readonly position: number;
  readonly dictionary: number;
  readonly samples: number;
  readonly block: Uint8Array;
}

/** Turns the oldest hot batches of a machine into sealed series and rollups, in one transaction. */
export interface Sealer {
  /** One bounded step; the number of samples sealed or put aside, 0 when nothing was hot. */
  seal(machine: number): number;
}

export function createSealer(database: DatabaseSync): Sealer {
  const hotOf = database.prepare(
    "select position, dictionary, samples, block from hot where machine = ? order by position limit 4096",
  );
  const insertSealed = database.prepare(
    "insert into sealed (series, t_min, t_max, samples, block) values (?, ?, ?, ?, ?)",
  );
  const findSeries = database.prepare("select id from series where machine = ? and key = ?");
  const insertSeries = database.prepare(
    `insert into series (machine, key, name, unit, scale, "offset", spn, sa, last_ns, last_quality)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`,
  );
  const setLast = database.prepare(
    `update series set last_ns = ?2, last_value = ?3, last_quality = ?4
     where id = ?1 and last_ns <= ?2`,
  );
  const findMinutes = database.prepare("select minutes from rollup where series = ? and hour = ?");
  const putRollup = database.prepare(
    "insert or replace into rollup values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const dropHot = database.prepare("delete from hot where position = ?");
  const insertPoison = database.prepare("insert or ignore into poison values (?, ?, ?, ?, ?)");
  const takeStored = database.prepare(
    "update stored set samples = samples - ? where machine = ? and hour = ?",
  );

  const dictionaryOf = createDictionaryReader(database);

  const putAside = (machine: number, row: HotRow, error: unknown) => {
    const reason = error instanceof Error ? error.message : "unknown";
    insertPoison.run(row.position, machine, row.samples, reason, row.block);
    const hour = hourOf(readBatchHeader(row.block).baseNs);
    takeStored.run(row.samples, machine, hour);
  };

  const seriesId = (machine: number, { signal }: TransposedSeries): number => {
    const key = seriesKey(signal);
    const found = findSeries.get(machine, key)?.id;
    if (found !== undefined) return Number(found);
    const { name, unit, scale, offset, spn, sa } = signal;
    const lowest = -(2n ** 63n);
    const values: SQLInputValue[] = [machine, key, name, unit, scale, offset];
    return Number(insertSeries.run(...values, spn ?? null, sa ?? null, lowest).lastInsertRowid);
  };

  const addHour = (series: number, hour: number, minutes: HourOfMinutes, scaling: Scaling) => {
    const before = findMinutes.get(series, hour)?.minutes as Uint8Array | undefined;
    const all = before ? decodeMinutes(before, scaling) : new Map();
    addMinutes(all, minutes);
    const sum = sumMinutes(all);
    const good = sum.count > 0;
    const { min, max, first, firstNs, last, lastNs } = sum;
    const values = [min, max, sum.sum, first, firstNs, last, lastNs].map((value, at) =>
      good || at === 2 ? value : null,
    );
    putRollup.run(series, hour, sum.count, sum.errors, ...values, encodeMinutes(all, scaling));
  };

  const store = (machine: number, transposed: TransposedSeries, baseNs: bigint) => {
    const { columns, signal } = transposed;
    const series = seriesId(machine, transposed);
    const end = columns.offsetNs.length - 1;
    const firstNs = columns.offsetNs[0] ?? 0;
    const startNs = baseNs + BigInt(firstNs);
    const lastNs = baseNs + BigInt(columns.offsetNs[end] ?? 0);
    const relative = { ...columns, offsetNs: columns.offsetNs.map((time) => time - firstNs) };
    insertSealed.run(series, startNs, lastNs, end + 1, encodeSeries(relative, signal));
    const value = columns.value[end] ?? Number.NaN;
    setLast.run(series, lastNs, Number.isNaN(value) ? null : value, columns.quality[end] ?? 0);
    for (const [hour, minutes] of rollUp(relative, startNs)) addHour(series, hour, minutes, signal);
  };

  return {
    seal: (machine) =>
      inTransaction(database, () => {
        const { rows, baseNs } = boundedRows(hotOf.iterate(machine) as Iterable<unknown>);
        const decoded: DecodedBatch[] = [];
        for (const row of rows) {
          try {
            const dictionary = dictionaryOf(row.dictionary);
            const batch = decodeBatch(row.block, dictionary);
            decoded.push({ batch, signals: dictionary.signals });
          } catch (error) {
            putAside(machine, row, error);
          }
        }
        for (const series of transpose(decoded, baseNs).values()) store(machine, series, baseNs);
        for (const { position } of rows) dropHot.run(position);
        return rows.reduce((sum, row) => sum + row.samples, 0);
      }),
  };
}

/** The oldest rows by arrival whose times one block can hold. */
function boundedRows(all: Iterable<unknown>): { rows: HotRow[]; baseNs: bigint } {
  const rows: HotRow[] = [];
  let samples = 0;
  let lowest = 0n;
  let highest = 0n;
  for (const row of all as Iterable<HotRow>) {
    const { baseNs } = readBatchHeader(row.block);
    if (rows.length === 0) lowest = highest = baseNs;
    const low = baseNs < lowest ? baseNs : lowest;
    const high = baseNs > highest ? baseNs : highest;
    if (rows.length > 0 && high - low > maxSpanNs / 2n) break;
    [lowest, highest] = [low, high];
    rows.push(row);
    samples += row.samples;
    if (samples >= maxStepSamples) break;
  }
  return { rows, baseNs: lowest };
}
