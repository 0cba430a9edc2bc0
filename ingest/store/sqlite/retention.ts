import type { DatabaseSync } from "node:sqlite";
import { inTransaction } from "../book/transaction.ts";

const rowsPerStep = 500;

/**
 * Drops samples and rollups that ended before a time, a few rows per step. The ledger goes on counting
 * them as stored: they were.
 */
export function createRetention(database: DatabaseSync) {
  const dropSealed = database.prepare(
    `delete from sealed where id in (select id from sealed where t_max < ? limit ${rowsPerStep})`,
  );
  const findRollups = database.prepare(
    `select series, hour from rollup where hour < ? limit ${rowsPerStep}`,
  );
  const dropRollup = database.prepare("delete from rollup where series = ? and hour = ?");
  return {
    /** `beforeMs`: milliseconds since the epoch. */
    step: (beforeMs: number): void =>
      inTransaction(database, () => {
        dropSealed.run(BigInt(Math.trunc(beforeMs)) * 1_000_000n);
        for (const row of findRollups.all(Math.floor(beforeMs / 3_600_000)))
          dropRollup.run(row.series ?? null, row.hour ?? null);
      }),
  };
}
