import { DatabaseSync } from "node:sqlite";
import { inTransaction } from "./transaction.ts";

/**
 * A store that begins in the middle of a journal: the dictionaries of its first batches may have been trimmed away, and
 * another store of the same hub knows them. `paths`: the books of such stores; what cannot be read is left out.
 */
export function learnDictionaries(database: DatabaseSync, paths: readonly string[]): void {
  const add = database.prepare(
    "insert into dictionary (hash, signals) values (?, ?) on conflict do nothing",
  );
  for (const path of paths)
    inTransaction(database, () => {
      for (const [hash, signals] of dictionariesOf(path)) add.run(hash, signals);
    });
}

function dictionariesOf(path: string): [hash: string, signals: string][] {
  let other: DatabaseSync | undefined;
  try {
    other = new DatabaseSync(path, { readOnly: true, timeout: 1_000 });
    const rows = other.prepare("select hash, signals from dictionary").all();
    return rows.map(({ hash, signals }) => [String(hash), String(signals)]);
  } catch {
    return [];
  } finally {
    other?.close();
  }
}
