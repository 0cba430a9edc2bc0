import { createBook } from "../book/book.ts";
import { inTransaction } from "../book/transaction.ts";
import type { RawRow } from "../raw-page.ts";
import { createSealedWriter } from "../sqlite/sealed-writer.ts";
import { openTelemetryFile } from "../sqlite/telemetry-schema.ts";
import { openMigrationBook } from "./migration-book.ts";
import type { MigrationSink } from "./migration-source.ts";

/** As many as a sealed block holds when a hub seals. */
const blockSamples = 4_096;

/** A file of the embedded store: a step and its place are one transaction. */
export function openSqliteSink(path: string, source: string): MigrationSink {
  const database = openTelemetryFile(path);
  const progress = openMigrationBook(database, source);
  const book = createBook(database);
  const sealed = createSealedWriter(database);
  return {
    through: ({ key }) => progress.through(key),
    async take({ key, machineId, signal }, rows, endNs) {
      inTransaction(database, () => {
        const machine = book.machineId(machineId);
        for (let at = 0; at < rows.length; at += blockSamples) {
          const block = rows.slice(at, at + blockSamples);
          const baseNs = block[0]?.timeNs ?? 0n;
          sealed.store(machine, { signal, columns: toColumns(block, baseNs) }, baseNs);
        }
        progress.note(key, endNs, rows.length);
      });
    },
    finish: (from, offset) => progress.finish(from, offset),
    close: () => database.close(),
  };
}

const toColumns = (rows: readonly RawRow[], baseNs: bigint) => ({
  offsetNs: Float64Array.from(rows, ({ timeNs }) => Number(timeNs - baseNs)),
  value: Float64Array.from(rows, ({ value }) => value),
  quality: Uint8Array.from(rows, ({ quality }) => quality),
});
