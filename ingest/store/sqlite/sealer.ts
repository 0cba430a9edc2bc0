import type { DatabaseSync } from "node:sqlite";
import { decodeBatch, readBatchHeader } from "@firebreak/wire/batch-block.ts";
import { createDictionaryReader, hourOf } from "../book/book.ts";
import { inTransaction } from "../book/transaction.ts";
import { createSealedWriter } from "./sealed-writer.ts";
import { type DecodedBatch, transpose } from "./transpose.ts";

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
  const dropHot = database.prepare("delete from hot where position = ?");
  const insertPoison = database.prepare("insert or ignore into poison values (?, ?, ?, ?, ?)");
  const takeStored = database.prepare(
    "update stored set samples = samples - ? where machine = ? and hour = ?",
  );

  const dictionaryOf = createDictionaryReader(database);
  const { store } = createSealedWriter(database);

  const putAside = (machine: number, row: HotRow, error: unknown) => {
    const reason = error instanceof Error ? error.message : "unknown";
    insertPoison.run(row.position, machine, row.samples, reason, row.block);
    const hour = hourOf(readBatchHeader(row.block).baseNs);
    takeStored.run(row.samples, machine, hour);
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
