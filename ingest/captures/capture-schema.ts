import { DatabaseSync } from "node:sqlite";
import { CodedError } from "@firebreak/kit/coded-error.ts";

const version = 2;

/**
 * `capture`: what gateways told of, and how far it is here; times are microseconds since 1970 where they are a
 * machine's, milliseconds where they are the hub's. `request`: who asked for one.
 */
const schema = `
create table meta (name text primary key, value) without rowid;
create table capture (id integer primary key, gateway text not null, machine text not null, name text not null,
  sha256 text not null, format text not null, network integer, sa integer, spn integer, fmi integer,
  request text not null, first_us integer not null, last_us integer not null, records integer not null,
  plain_bytes integer not null, stored_bytes integer not null, told_ms integer not null,
  state text not null, detail text not null, damaged integer not null default 0, there_ms integer,
  unique (gateway, machine, name, sha256));
create index capture_machine on capture (machine, last_us);
create index capture_work on capture (state, gateway);
create table request (id text primary key, machine text not null, gateway text not null, asked_by text not null,
  asked_ms integer not null, state text not null, detail text not null) without rowid;
create index request_machine on request (machine, asked_ms);
insert into meta values ('version', 1);
`;

/** From version 1 to 2: what is open of a gateway is asked for again and again. */
const openRequests = `
create index request_work on request (state, gateway);
update meta set value = 2 where name = 'version';
`;

/** @throws CodedError CAPTURES_VERSION for a file of a newer release */
export function openCaptureFile(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 5_000 });
  database.exec("pragma journal_mode = wal; pragma synchronous = full;");
  const known = database.prepare("select 1 from sqlite_schema where name = 'meta'").get();
  if (!known) database.exec(`begin immediate; ${schema} commit;`);
  const versionOf = () =>
    database.prepare("select value from meta where name = 'version'").get()?.value;
  if (versionOf() === 1) database.exec(`begin immediate; ${openRequests} commit;`);
  if (versionOf() === version) return database;
  database.close();
  throw new CodedError("CAPTURES_VERSION", "the file of recordings is of another release");
}
