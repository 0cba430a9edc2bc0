import { DatabaseSync } from "node:sqlite";
import type { HealthValue } from "@firebreak/wire/gateway-health.ts";
import { inTransaction } from "../store/book/transaction.ts";

/** One change of a state, as it is remembered; null: it is no more, or not known. `path` as in `wire/gateway-health.ts`, or `session`. */
export interface HealthChange {
  readonly path: readonly string[];
  readonly value: HealthValue;
  readonly atMs: number;
}

/** Samples of one machine that were given up before they were sent, by the minute of event time since 1970. */
export interface LostMinute {
  readonly machineId: string;
  readonly minute: number;
  readonly reason: string;
  readonly samples: number;
}

export interface StoredGateway {
  readonly gatewayId: string;
  /** JSON of everything that was known. */
  readonly text: string;
}

const keptMs = 400 * 24 * 3_600_000;

const schema = `
create table if not exists gateway (gateway text primary key, known text not null) without rowid;
create table if not exists change (gateway text not null, at_ms real not null, path text not null,
  value text not null, primary key (gateway, at_ms, path)) without rowid;
create table if not exists loss (machine text not null, minute integer not null, reason text not null,
  samples integer not null, primary key (machine, minute, reason)) without rowid;
`;

interface Written {
  readonly gateways: readonly StoredGateway[];
  readonly changes: readonly (HealthChange & { readonly gatewayId: string })[];
  readonly lost: readonly LostMinute[];
  /** The hub's clock. */
  readonly nowMs: number;
}

/** What is known of gateways over restarts. A loss of its newest second costs nothing: births tell it again. */
export function openHealthFile(path: string) {
  const database = new DatabaseSync(path, { timeout: 5_000 });
  database.exec(`pragma journal_mode = wal; pragma synchronous = normal; ${schema}`);
  const put = database.prepare("insert or replace into gateway values (?, ?)");
  const add = database.prepare("insert or replace into change values (?, ?, ?, ?)");
  const trim = database.prepare("delete from change where gateway = ? and at_ms < ?");
  const lose = database.prepare(
    `insert into loss values (?, ?, ?, ?)
     on conflict do update set samples = samples + excluded.samples`,
  );
  const losses = database.prepare(
    `select machine as machineId, minute, reason, samples from loss
     where machine = ? and minute >= ? and minute < ? order by minute`,
  );
  const trimLosses = database.prepare("delete from loss where machine = ? and minute < ?");
  const within = database.prepare(
    `select at_ms, path, value from change where gateway = ? and at_ms between ? and ?
     order by at_ms desc limit ?`,
  );
  const before = database.prepare(
    `select max(at_ms) as at_ms, path, value from
       (select at_ms, path, value from change where gateway = ? and at_ms < ? order by at_ms desc limit ?)
     group by path order by 1 desc`,
  );
  return {
    gateways: (): StoredGateway[] =>
      database
        .prepare("select gateway, known from gateway")
        .all()
        .map(({ gateway, known }) => ({ gatewayId: String(gateway), text: String(known) })),
    /** In one transaction. */
    write({ gateways, changes, lost, nowMs }: Written): void {
      inTransaction(database, () => {
        for (const { gatewayId, text } of gateways) put.run(gatewayId, text);
        for (const { gatewayId, atMs, path, value } of changes) {
          add.run(gatewayId, atMs, JSON.stringify(path), JSON.stringify(value));
          trim.run(gatewayId, atMs - keptMs);
        }
        for (const { machineId, minute, reason, samples } of lost)
          lose.run(machineId, minute, reason, samples);
        // By the hub's clock: a machine's own may be years ahead.
        const oldest = Math.floor((nowMs - keptMs) / 60_000);
        for (const machineId of new Set(lost.map((one) => one.machineId)))
          trimLosses.run(machineId, oldest);
      });
    },
    /** Those of this time, and of each path the newest before it; newest first. At most `limit` rows are read. */
    changes(gatewayId: string, [fromMs, toMs]: readonly [number, number], limit: number) {
      const found = within.all(gatewayId, fromMs, toMs, limit);
      return [...found, ...before.all(gatewayId, fromMs, limit - found.length)].map(toChange);
    },
    /** Oldest first. */
    losses: (machineId: string, fromMinute: number, toMinute: number): LostMinute[] =>
      losses
        .all(machineId, fromMinute, toMinute)
        .map((row) => ({ ...row }) as unknown as LostMinute),
    close: () => database.close(),
  };
}

const toChange = ({ at_ms, path, value }: Record<string, unknown>): HealthChange => ({
  atMs: Number(at_ms),
  path: JSON.parse(String(path)) as string[],
  value: JSON.parse(String(value)) as HealthValue,
});
