import type { DatabaseSync } from "node:sqlite";
import type { RefusedFilter, RefusedQuery } from "../refused.ts";
import { tooManyRepeats } from "./chunk.ts";
import { compareStamps, type Repeat, type Stamp, type StampedRows } from "./stamps.ts";

export interface RefusedSample {
  readonly machine: number;
  /** UTC hour since the epoch in which its batch began. */
  readonly hour: number;
  /** As it was sent. */
  readonly line: string;
}

/** What a chunk that is being written was decided to be. */
export interface Intent {
  readonly next: number;
  readonly repeats: readonly Repeat[];
}

/** The tables that only a store elsewhere needs. Call inside a transaction, `setIntent` apart. */
export function createInfluxMemory(database: DatabaseSync) {
  const findNewest = database.prepare(
    "select sec, ns from newest join machine on machine.id = newest.machine where name = ?",
  );
  const setNewest = database.prepare(
    `insert into newest values (?1, ?2, ?3) on conflict do update set sec = ?2, ns = ?3
     where ?2 > sec or (?2 = sec and ?3 > ns)`,
  );
  const findIntent = database.prepare("select next, repeats from intent");
  const putIntent = database.prepare("insert or replace into intent values (1, ?, ?)");
  const refuse = database.prepare(
    "insert into refused (machine, hour, line, reason, at_ms) values (?, ?, ?, ?, ?)",
  );
  const countRefused = database.prepare("select count(*) as n from refused");
  const isAsked = `reason <> '${tooManyRepeats}' and (?1 is null or reason = ?1)
    and (?2 is null or machine in (select id from machine where name = ?2))`;
  const pageRefused = database.prepare(
    `select id, machine, hour, line from refused where id > ?3 and ${isAsked} order by id limit ?4`,
  );
  const countAsked = database.prepare(`select count(*) as n from refused where ${isAsked}`);
  const dropRefused = database.prepare("delete from refused where id = ?");
  let refused = Number(countRefused.get()?.n ?? 0);
  let retriedTo = 0;

  const page = ({ reason, machineId, after, limit }: RefusedQuery) =>
    pageRefused
      .all(reason ?? null, machineId ?? null, after, limit)
      .map(({ id, machine, hour, line }) => ({
        id: Number(id),
        machine: Number(machine),
        hour: Number(hour),
        line: String(line),
      }));
  const noteStamp = (machine: number, { sec, ns }: Stamp) => void setNewest.run(machine, sec, ns);

  return {
    newest(machineId: string): Stamp | undefined {
      const row = findNewest.get(machineId);
      return row ? { sec: Number(row.sec), ns: Number(row.ns) } : undefined;
    },
    noteNewest(machine: number, batch: StampedRows): void {
      let newest: Stamp | undefined;
      for (let row = 0; row < batch.length; row++) {
        const stamp = { sec: batch.sec(row), ns: batch.ns(row) };
        if (!newest || compareStamps(stamp, newest) > 0) newest = stamp;
      }
      if (newest) noteStamp(machine, newest);
    },
    noteStamp,
    /** The last one; over once the place in the journal has passed it. */
    intent(): Intent | undefined {
      const row = findIntent.get();
      return row
        ? { next: Number(row.next), repeats: JSON.parse(String(row.repeats)) as Repeat[] }
        : undefined;
    },
    setIntent({ next, repeats }: Intent): void {
      putIntent.run(next, JSON.stringify(repeats));
    },
    get refused() {
      return refused;
    },
    refuse(sample: RefusedSample, reason: string, atMs: number): void {
      refuse.run(sample.machine, sample.hour, sample.line, reason, atMs);
    },
    /** The next ones to try again, round and round. */
    nextRefused(limit: number): (RefusedSample & { readonly id: number })[] {
      let samples = page({ after: retriedTo, limit });
      if (samples.length === 0 && retriedTo > 0) samples = page({ after: 0, limit });
      retriedTo = samples.at(-1)?.id ?? 0;
      return samples;
    },
    /** Those that can be tried again, by age. */
    refusedOf: page,
    countRefusedOf: ({ reason, machineId }: RefusedFilter): number =>
      Number(countAsked.get(reason ?? null, machineId ?? null)?.n ?? 0),
    release(samples: readonly { readonly id: number }[]): void {
      for (const { id } of samples) dropRefused.run(id);
    },
    /** Counts what is refused anew; behind each transaction. */
    recount(): void {
      refused = Number(countRefused.get()?.n ?? 0);
    },
  };
}
