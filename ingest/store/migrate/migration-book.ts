import type { DatabaseSync } from "node:sqlite";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { inTransaction } from "../book/transaction.ts";
import type { Through } from "./migration-source.ts";

/**
 * The progress of a migration, in the book of the store that is being filled: while it is there, no hub opens the
 * store. `source` is where it comes from and the place in the journal that it had.
 */
const schema = `
create table migration (key text primary key, through_ns integer not null, samples integer not null)
  without rowid;
`;

export interface MigrationBook {
  /** Whether anything was noted before. */
  readonly hasBegun: boolean;
  through(key: string): Through | undefined;
  /** `samples`: of the step that reached it. */
  note(key: string, throughNs: bigint, samples: number): void;
  /** Copies machines, dictionaries, counts and what was put aside, and ends the migration. */
  finish(source: DatabaseSync, offset: number): void;
}

/** @throws CodedError STORE_NOT_EMPTY; MIGRATION_SOURCE_CHANGED when it was begun from something else */
export function openMigrationBook(database: DatabaseSync, source: string): MigrationBook {
  const begun = database.prepare("select value from meta where name = 'migration'").get()?.value;
  if (begun === undefined) begin(database, source);
  else if (begun !== source) throw sourceChanged(String(begun), source);
  const find = database.prepare("select through_ns, samples from migration where key = ?");
  find.setReadBigInts(true);
  const put = database.prepare(
    `insert into migration values (?1, ?2, ?3)
     on conflict do update set through_ns = ?2, samples = samples + ?3`,
  );
  return {
    hasBegun: database.prepare("select 1 from migration limit 1").get() !== undefined,
    through(key) {
      const row = find.get(key);
      return row ? { atNs: row.through_ns as bigint, samples: Number(row.samples) } : undefined;
    },
    note: (key, throughNs, samples) => void put.run(key, throughNs, samples),
    finish: (from, offset) => inTransaction(database, () => copyBook(from, database, offset)),
  };
}

function begin(database: DatabaseSync, source: string): void {
  const offset = Number(
    database.prepare("select value from meta where name = 'offset'").get()?.value ?? 0,
  );
  if (offset !== 0)
    throw new CodedError("STORE_NOT_EMPTY", "the store to fill has been used by a hub already");
  inTransaction(database, () => {
    database.exec(schema);
    database.prepare("insert into meta values ('migration', ?)").run(source);
  });
}

const sourceChanged = (begun: string, now: string) =>
  new CodedError(
    "MIGRATION_SOURCE_CHANGED",
    `a migration into this store was begun from ${begun}, and this is ${now}: a hub has run in between. Begin again with an empty store`,
  );

/** Machines may have other rows in there, so counts go by name. */
function copyBook(from: DatabaseSync, into: DatabaseSync, offset: number): void {
  const addMachine = into.prepare("insert into machine (name) values (?) on conflict do nothing");
  for (const { name } of from.prepare("select name from machine").all())
    addMachine.run(name ?? null);
  const addDictionary = into.prepare(
    "insert into dictionary (hash, signals) values (?, ?) on conflict do nothing",
  );
  for (const { hash, signals } of from.prepare("select hash, signals from dictionary").all())
    addDictionary.run(hash ?? null, signals ?? null);
  const addStored = into.prepare(
    `insert into stored select id, ?2, ?3 from machine where name = ?1
     on conflict do update set samples = samples + excluded.samples`,
  );
  const counts =
    "select name, hour, samples from stored join machine on machine.id = stored.machine";
  for (const { name, hour, samples } of from.prepare(counts).all())
    addStored.run(name ?? null, hour ?? null, samples ?? null);
  const addPoison = into.prepare(
    `insert or ignore into poison values (?1, (select id from machine where name = ?2), ?3, ?4, ?5)`,
  );
  const aside = `select position, name, samples, reason, block from poison
    left join machine on machine.id = poison.machine`;
  for (const { position, name, samples, reason, block } of from.prepare(aside).all())
    addPoison.run(position ?? null, name ?? null, samples ?? null, reason ?? null, block ?? null);
  into.prepare("update meta set value = ? where name = 'offset'").run(offset);
  into.exec("delete from meta where name = 'migration'; drop table migration;");
}

/** @throws CodedError MIGRATION_UNFINISHED for a store that is being filled */
export function refuseUnfinished(database: DatabaseSync): void {
  if (database.prepare("select 1 from meta where name = 'migration'").get())
    throw new CodedError(
      "MIGRATION_UNFINISHED",
      "telemetry is being moved into this store: finish `firebreak migrate-store` first",
    );
}
