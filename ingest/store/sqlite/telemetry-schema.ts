import { DatabaseSync } from "node:sqlite";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { bookSchema } from "../book/book.ts";
import { inTransaction } from "../book/transaction.ts";
import { dayOf, putHour } from "./day-block.ts";
import { emptyRollup } from "./rollup.ts";

const version = 3;

const daySchema = `create table day (series integer not null, day integer not null, hours blob not null,
  primary key (series, day)) without rowid;
create index series_name on series (name, machine);
`;

const madeSchema = `create table made (series integer primary key, first_hour integer not null,
  last_hour integer not null, origin text not null);
`;

/**
 * `hot`: batches as journalled, `position` is their place in the journal. `sealed`: columns of one series.
 * `rollup`: one row per series and UTC hour, its minutes folded into `minutes`; `day`: the same hours again, a row per
 * series and UTC day, for questions about many machines. Times are ns since the epoch.
 * `stored` of the book counts hot and sealed alike. `made`: series with hours that nobody delivered; these have no
 * minutes, and the book does not count them.
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
${daySchema}${madeSchema}insert into meta values ('version', ${version});
`;

/** Opens the file for its one writer. @throws {CodedError} `TELEMETRY_VERSION` for a file of a newer release. */
export function openTelemetryFile(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 5_000 });
  database.exec(
    "pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -16000;",
  );
  const known = database.prepare("select 1 from sqlite_schema where name = 'meta'").get();
  if (!known) database.exec(`begin immediate; ${schema} commit;`);
  const versionNow = () =>
    database.prepare("select value from meta where name = 'version'").get()?.value;
  if (versionNow() === 1) addDays(database);
  if (versionNow() === 2)
    database.exec(
      `begin immediate; ${madeSchema} update meta set value = 3 where name = 'version'; commit;`,
    );
  if (versionNow() !== version) {
    database.close();
    throw new CodedError("TELEMETRY_VERSION", "the telemetry file is of another release");
  }
  return database;
}

/** From version 1 to 2: the hours of each day, from the rollups. */
function addDays(database: DatabaseSync): void {
  const hours = database.prepare(
    "select series, hour, count, errors, min, max, sum from rollup order by series, hour",
  );
  inTransaction(database, () => {
    database.exec(daySchema);
    const put = database.prepare("insert into day values (?, ?, ?)");
    let block: Uint8Array | undefined;
    let at: { series: number; day: number } | undefined;
    const flush = () => {
      if (at && block) put.run(at.series, at.day, block);
    };
    for (const row of hours.iterate()) {
      const [series, hour] = [Number(row.series), Number(row.hour)];
      const { day, hourOfDay } = dayOf(hour);
      if (at?.series !== series || at.day !== day) {
        flush();
        [at, block] = [{ series, day }, undefined];
      }
      const [count, errors, sum] = [Number(row.count), Number(row.errors), Number(row.sum)];
      const [min, max] = [Number(row.min), Number(row.max)];
      block = putHour(block, hourOfDay, { ...emptyRollup(), count, errors, min, max, sum });
    }
    flush();
    database.exec("update meta set value = 2 where name = 'version'");
  });
}

/** Opens the file for reading beside its writer; it must exist. */
export function openTelemetryReader(path: string, cacheKiB: number): DatabaseSync {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
  database.exec(`pragma cache_size = -${cacheKiB};`);
  return database;
}
