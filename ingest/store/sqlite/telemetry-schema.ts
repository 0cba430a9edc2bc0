import { DatabaseSync } from "node:sqlite";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { bookSchema } from "../book/book.ts";

const version = 1;

/**
 * `hot`: batches as journalled, `position` is their place in the journal. `sealed`: columns of one series.
 * `rollup`: one row per series and UTC hour, its minutes folded into `minutes`. Times are ns since the epoch.
 * `stored` of the book counts hot and sealed alike.
 */
const schema = `${bookSchema}create table hot (position integer primary key, machine integer not null, dictionary integer not null,
  arrived_ms integer not null, samples integer not null, block blob not null);
create index hot_machine on hot (machine, position, samples);
create table series (id integer primary key, machine integer not null, key text not null, name text not null,
  unit text not null, scale real not null, "offset" real not null, spn integer, sa integer,
  last_ns integer not null, last_value real, last_quality integer not null, unique (machine, key));
create table sealed (id integer primary key, series integer not null, t_min integer not null,
  t_max integer not null, samples integer not null, block blob not null);
create index sealed_series on sealed (series, t_min, t_max, samples);
create table rollup (series integer not null, hour integer not null, count integer not null,
  errors integer not null, min real, max real, sum real not null, first real, first_ns real, last real,
  last_ns real, minutes blob not null, primary key (series, hour)) without rowid;
insert into meta values ('version', ${version});
`;

/** Opens the file for its one writer. @throws {CodedError} `TELEMETRY_VERSION` for a file of a newer release. */
export function openTelemetryFile(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 5_000 });
  database.exec(
    "pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -16000;",
  );
  const known = database.prepare("select 1 from sqlite_schema where name = 'meta'").get();
  if (!known) database.exec(`begin immediate; ${schema} commit;`);
  const found = database.prepare("select value from meta where name = 'version'").get();
  if (found?.value !== version) {
    database.close();
    throw new CodedError("TELEMETRY_VERSION", "the telemetry file is of another release");
  }
  return database;
}

/** Opens the file for reading beside its writer; it must exist. */
export function openTelemetryReader(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
  database.exec("pragma cache_size = -16000;");
  return database;
}
