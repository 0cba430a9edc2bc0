import { DatabaseSync } from "node:sqlite";
import { CodedError } from "@firebreak/kit/coded-error.ts";

const version = 3;

/**
 * `stream` is one epoch of one gateway. `batch.after` is the machine's cumulative count behind the batch, null where
 * nothing vouches for it. `loss_point` is the same behind booked losses. Hours count from the Unix epoch.
 */
const schema = `
create table meta (name text primary key, value) without rowid;
create table stream (id integer primary key, gateway text not null, epoch text not null, ranges text not null,
  unique (gateway, epoch));
create table tally (stream integer not null, machine text not null, produced integer not null,
  suppressed integer not null, received integer not null, tombstoned integer not null,
  quarantined integer not null, cloned integer not null, lost integer not null,
  last_received_ms real not null, primary key (stream, machine)) without rowid;
create index tally_machine on tally (machine);
create table batch (stream integer not null, number integer not null, checksum integer not null,
  machine text not null, samples integer not null, after integer, received_ms integer not null,
  primary key (stream, number)) without rowid;
create table loss_point (stream integer not null, machine text not null, number integer not null,
  after integer not null, primary key (stream, machine, number)) without rowid;
create table machine_hour (machine text not null, hour integer not null, received integer not null,
  quarantined integer not null, lost integer not null, primary key (machine, hour)) without rowid;
create table dictionary (machine text not null, hash text not null, position integer not null,
  primary key (machine, hash)) without rowid;
create table quarantine (position integer primary key, at_ms real not null, topic text not null,
  reason text not null, gateway text, machine text, epoch text, number integer, samples integer not null,
  length integer not null);
insert into meta values ('version', 1), ('offset', 0);
`;

/**
 * From version 1 to 2: what is in quarantine keeps its bytes here, so that it outlives the journal's days. `kept` is
 * their length; a row of version 1 has its bytes in the journal, while that keeps them.
 */
const quarantineWithBytes = `
alter table quarantine add column state text not null default 'waiting';
alter table quarantine add column kept integer not null default 0;
create index quarantine_gateway on quarantine (gateway, position);
create index quarantine_batch on quarantine (gateway, epoch, number);
create table quarantine_bytes (position integer primary key, bytes blob not null);
update meta set value = 2 where name = 'version';
`;

/** From version 2 to 3: why samples of an hour were lost; what was lost before has no reason here. */
const lossReasons = `
create table hour_loss (machine text not null, hour integer not null, reason text not null,
  samples integer not null, primary key (machine, hour, reason)) without rowid;
update meta set value = 3 where name = 'version';
`;

/** @throws {CodedError} `DELIVERY_VERSION` for a file of a newer release. */
export function openDeliveryFile(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 5_000 });
  database.exec("pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -8000;");
  const known = database.prepare("select 1 from sqlite_schema where name = 'meta'").get();
  if (!known) database.exec(`begin immediate; ${schema} commit;`);
  const versionOf = () =>
    database.prepare("select value from meta where name = 'version'").get()?.value;
  if (versionOf() === 1) database.exec(`begin immediate; ${quarantineWithBytes} commit;`);
  if (versionOf() === 2) database.exec(`begin immediate; ${lossReasons} commit;`);
  if (versionOf() === version) return database;
  database.close();
  throw new CodedError("DELIVERY_VERSION", "the delivery file is of another release");
}
