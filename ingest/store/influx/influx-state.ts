import { DatabaseSync } from "node:sqlite";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { bookSchema } from "../book/book.ts";
import { sentSchema } from "./sent-book.ts";

const version = 1;

/**
 * What a hub keeps of a store elsewhere: the book; `newest`, the newest stamp per machine; `intent`, what was decided
 * about the chunk that is being written, so that it is written the same way after a crash; `sent`, the same of the chunks
 * before it; `refused`, lines that the database would not take, as they were sent, with its reason; `due_hour`, hours
 * that have to be summed up anew.
 */
const schema = `${bookSchema}
create table newest (machine integer primary key, sec integer not null, ns integer not null);
create table intent (id integer primary key check (id = 1), next integer not null, repeats text not null);
create table due_hour (machine integer not null, hour integer not null, changed integer not null,
  primary key (machine, hour)) without rowid;
create index due_hour_hour on due_hour (hour);
create table refused (id integer primary key, machine integer not null, hour integer not null,
  line text not null, reason text not null, at_ms integer not null);
create index refused_machine on refused (machine);
insert into meta values ('version', ${version});
`;

/** Opens the file for its one writer. @throws {CodedError} `TELEMETRY_VERSION` for a file of another release or store. */
export function openInfluxState(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 5_000 });
  database.exec("pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -8000;");
  const isKnown = database.prepare("select 1 from sqlite_schema where name = 'meta'").get();
  if (!isKnown) database.exec(`begin immediate; ${schema} commit;`);
  const found = database.prepare("select value from meta where name = 'version'").get();
  const hasIntent = database.prepare("select 1 from sqlite_schema where name = 'intent'").get();
  if (found?.value === version && hasIntent) {
    database.exec(sentSchema);
    return database;
  }
  database.close();
  throw new CodedError("TELEMETRY_VERSION", `${path} is not the state of a store in InfluxDB`);
}
