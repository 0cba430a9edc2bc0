import { DatabaseSync } from "node:sqlite";
import { inTransaction } from "../store/book/transaction.ts";
import type { ImportedStretch, ImportResult } from "./import-desk.ts";

type Seen = ImportedStretch & Pick<ImportResult, "importId" | "at" | "by">;

/** What was imported, by whom and when; kept for good. */
export function openImportBook(path: string) {
  const database = new DatabaseSync(path, { timeout: 5_000 });
  database.exec(`pragma journal_mode = wal; pragma synchronous = full;
create table if not exists import (id text primary key, at text not null, by_whom text not null, hash text not null);
create table if not exists stretch (import text not null, machine text not null, signal text not null,
  t_from text not null, t_to text not null, samples integer not null);
create index if not exists stretch_machine on stretch (machine);`);
  const addImport = database.prepare("insert into import values (?, ?, ?, ?)");
  const addStretch = database.prepare("insert into stretch values (?, ?, ?, ?, ?, ?)");
  const ofMachine = database.prepare(
    `select import.id, at, by_whom, signal, t_from, t_to, samples from stretch
     join import on import.id = stretch.import where machine = ? order by at desc, signal limit 1000`,
  );
  return {
    note: ({ importId, at, by, hash, stretches }: ImportResult): void =>
      inTransaction(database, () => {
        addImport.run(importId, at, by, hash);
        for (const { machineId, signal, from, to, samples } of stretches)
          addStretch.run(importId, machineId, signal, from, to, samples);
      }),
    of: (machineId: string): Seen[] =>
      ofMachine.all(machineId).map((row) => ({
        importId: String(row.id),
        at: String(row.at),
        by: String(row.by_whom),
        machineId,
        signal: String(row.signal),
        from: String(row.t_from),
        to: String(row.t_to),
        samples: Number(row.samples),
      })),
    close: () => database.close(),
  };
}
