import type { DatabaseSync } from "node:sqlite";
import { NumberRanges } from "@firebreak/wire/number-ranges.ts";
import type { Surroundings } from "./loss.ts";
import type { Tally } from "./tally.ts";

/** One epoch of one gateway. */
export interface Stream {
  readonly id: number;
  readonly gatewayId: string;
  readonly epoch: string;
  /** On disk, quarantined or booked as lost: may be acknowledged. */
  readonly settled: NumberRanges;
  /** `settled` and what is on its way to the disk. */
  readonly seen: NumberRanges;
  readonly tallies: Map<string, Tally>;
}

export interface BatchRow {
  readonly stream: number;
  readonly number: number;
  readonly checksum: number;
  readonly machineId: string;
  readonly samples: number;
  readonly after: number | null;
  readonly receivedMs: number;
}

export interface HourDelta {
  received: number;
  quarantined: number;
  lost: number;
  /** Of the lost ones, by reason. */
  readonly lostBy: Map<string, number>;
}

/** Of one stream at a time: a hub must not stand still over what has piled up. */
const mostPruned = 50_000;

/** The statements behind the delivery index. */
export function createDeliveryStore(database: DatabaseSync) {
  const findStream = database.prepare("select * from stream where gateway = ? and epoch = ?");
  const putStream = database.prepare(
    `insert into stream (id, gateway, epoch, ranges) values (?, ?, ?, ?)
     on conflict (id) do update set ranges = excluded.ranges`,
  );
  const newest = database.prepare("select coalesce(max(id), 0) as id from stream").get();
  let newestId = Number(newest?.id);
  const talliesOf = database.prepare("select * from tally where stream = ?");
  const putTally = database.prepare(
    "insert or replace into tally values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const putBatch = database.prepare("insert or replace into batch values (?, ?, ?, ?, ?, ?, ?)");
  const checksum = database.prepare("select checksum from batch where stream = ? and number = ?");
  const putHour = database.prepare(
    `insert into machine_hour values (?, ?, ?, ?, ?) on conflict do update set
     received = received + excluded.received, quarantined = quarantined + excluded.quarantined,
     lost = lost + excluded.lost`,
  );
  const putLoss = database.prepare(
    `insert into hour_loss values (?, ?, ?, ?) on conflict do update set samples = samples + excluded.samples`,
  );
  const previousPoint = database.prepare(
    `select number, after from (
       select number, after from batch where stream = ?1 and number < ?3 and machine = ?2 and after is not null
       union all select number, after from loss_point where stream = ?1 and machine = ?2 and number < ?3)
     order by number desc limit 1`,
  );
  const nextPoint = database.prepare(
    `select number, after, samples from batch
     where stream = ?1 and number > ?3 and machine = ?2 and after is not null order by number limit 1`,
  );
  const uncounted = database.prepare(
    `select coalesce(sum(samples), 0) as samples from batch
     where stream = ? and machine = ? and after is null and number > ? and number < ?`,
  );
  const prune = database.prepare(
    `with newest as (select machine, max(number) as number from batch
       where stream = ?1 and number <= ?3 and after is not null group by machine)
     delete from batch where stream = ?1 and number in (
       select old.number from batch as old left join newest on newest.machine = old.machine
       where old.stream = ?1 and old.received_ms < ?2
         and old.number < coalesce(newest.number, (select min(number) from newest))
       order by old.number limit ${mostPruned})`,
  );
  const streamsBehind = database.prepare(
    "select id, ranges from stream where id > ? order by id limit ?",
  );
  /** Forgets batches received before a time, except the newest settled of each machine. */
  const pruneStream = (id: number, settled: NumberRanges, beforeMs: number) =>
    void prune.run(id, Math.trunc(beforeMs), settled.through);

  return {
    loadStream(gatewayId: string, epoch: string): Stream | undefined {
      const row = findStream.get(gatewayId, epoch);
      if (!row) return undefined;
      const ranges = JSON.parse(String(row.ranges)) as [number, number][];
      const tallies = new Map<string, Tally>();
      const id = Number(row.id);
      for (const { machine, stream: _, last_received_ms, ...counts } of talliesOf.all(id))
        tallies.set(String(machine), {
          ...(counts as unknown as Tally),
          lastReceivedMs: Number(last_received_ms),
        });
      const settled = NumberRanges.from(ranges);
      return { id, gatewayId, epoch, settled, seen: NumberRanges.from(ranges), tallies };
    },
    /** In memory only: a write of its own for each gateway of a fleet that comes for the first time takes minutes. */
    newStream(gatewayId: string, epoch: string): Stream {
      const [settled, seen] = [new NumberRanges(), new NumberRanges()];
      newestId++;
      return { id: newestId, gatewayId, epoch, settled, seen, tallies: new Map() };
    },
    saveStream({ id, gatewayId, epoch, settled, tallies }: Stream): void {
      putStream.run(id, gatewayId, epoch, JSON.stringify(settled));
      for (const [machine, tally] of tallies) {
        const { produced, suppressed, received, tombstoned, quarantined, cloned, lost } = tally;
        const counts = [produced, suppressed, received, tombstoned, quarantined, cloned, lost];
        putTally.run(id, machine, ...counts, tally.lastReceivedMs);
      }
    },
    saveBatch(row: BatchRow): void {
      const { stream, number, machineId, samples, after, receivedMs } = row;
      putBatch.run(stream, number, row.checksum, machineId, samples, after, receivedMs);
    },
    saveHour(machineId: string, hour: number, delta: HourDelta): void {
      const { received, quarantined, lost, lostBy } = delta;
      putHour.run(machineId, hour, received, quarantined, lost);
      for (const [reason, samples] of lostBy) putLoss.run(machineId, hour, reason, samples);
    },
    checksumOf(stream: number, number: number): number | undefined {
      const row = checksum.get(stream, number);
      return row ? Number(row.checksum) : undefined;
    },
    /** What surrounds a gap, as committed. */
    surroundings(stream: number, machineId: string, first: number, last: number): Surroundings {
      const before = previousPoint.get(stream, machineId, first);
      const behind = nextPoint.get(stream, machineId, last);
      const from = Number(before?.number ?? 0);
      const to = Number(behind?.number ?? Number.MAX_SAFE_INTEGER);
      const after = Number(before?.after ?? 0);
      return {
        previous: before ? { number: from, before: after, after } : undefined,
        next: behind
          ? {
              number: to,
              before: Number(behind.after) - Number(behind.samples),
              after: Number(behind.after),
            }
          : undefined,
        quarantined: Number(uncounted.get(stream, machineId, from, to)?.samples ?? 0),
      };
    },
    prune: pruneStream,
    /** The same for some streams behind this one, as committed; the last of them, or 0 when there is none behind. */
    pruneBehind(id: number, streams: number, beforeMs: number): number {
      const found = streamsBehind.all(id, streams);
      for (const one of found) {
        const ranges = JSON.parse(String(one.ranges)) as [number, number][];
        pruneStream(Number(one.id), NumberRanges.from(ranges), beforeMs);
      }
      return Number(found.at(-1)?.id ?? 0);
    },
  };
}

export type DeliveryStore = ReturnType<typeof createDeliveryStore>;
