import type { DatabaseSync } from "node:sqlite";
import type { Journal } from "../journal/journal.ts";
import { decodeRecord, type QuarantineReason } from "../journal/record.ts";
import { hoursOfWeek, patternWeeks, type WeekPattern } from "../silence/usual-silence.ts";
import type { QuarantineState } from "./quarantine-rows.ts";
import { addTally, type IntakeTotals, noTotals, type Tally } from "./tally.ts";

/** What arrived and could not be used, with its bytes while it waits; see `quarantineLimits` for how long. */
export interface QuarantineEntry {
  /** Place in the journal; its identity. */
  readonly position: number;
  readonly at: string;
  readonly topic: string;
  readonly reason: QuarantineReason;
  readonly gatewayId: string | null;
  readonly machineId: string | null;
  readonly epoch: string | null;
  readonly number: number | null;
  readonly samples: number;
  readonly length: number;
  readonly state: QuarantineState;
}

export interface IntakeHour {
  /** UTC hours since the epoch: of event time for what was received, of arrival for the rest. */
  readonly hour: number;
  readonly received: number;
  readonly quarantined: number;
  readonly lost: number;
  /** The lost ones by reason; those of before version 3 of the file have none. */
  readonly lostBy: Readonly<Record<string, number>>;
}

export interface IntakeQueries {
  totals(machineId: string): IntakeTotals;
  hours(machineId: string): IntakeHour[];
  /** Newest first. */
  quarantine(filter?: {
    /** Only what lies before this place in the journal: the last `position` of the page before. */
    readonly before?: number;
    readonly gatewayId?: string;
    readonly machineId?: string;
    readonly reason?: string;
    readonly state?: string;
    readonly limit?: number;
  }): QuarantineEntry[];
  quarantineEntry(position: number): QuarantineEntry | undefined;
  quarantineCounts(): Readonly<Record<string, number>>;
  /** The bytes as they came, at most `maxQuarantineBytes`; undefined when they are no longer kept. */
  quarantinedBytes(position: number): Uint8Array | undefined;
  /** In how many weeks a machine sent data in each hour of the week; see `silence/usual-silence.ts`. */
  weekPattern(machineId: string, nowMs: number): WeekPattern;
  /** When a batch of each machine arrived last, milliseconds since the epoch. */
  lastContacts(): {
    readonly machineId: string;
    readonly gatewayId: string;
    readonly atMs: number;
  }[];
}

/** A page of the interface at its largest, and one more that says whether there is another. */
const maxListed = 1_001;

interface Sources {
  readonly database: DatabaseSync;
  readonly journal: Journal;
  readonly commit: () => void;
}

/** Questions about what was received. Answers see everything that is on the journal's disk. */
export function createIntakeQueries({ database, journal, commit }: Sources): IntakeQueries {
  const tallies = database.prepare("select * from tally where machine = ?");
  const hours = database.prepare("select * from machine_hour where machine = ? order by hour");
  const week = database.prepare(
    `select hour % ${hoursOfWeek} as slot, count(*) as n from machine_hour
     where machine = ? and hour >= ? and hour < ? and received > 0 group by 1`,
  );
  const spokenWeeks = database.prepare(
    `select count(distinct (?3 - 1 - hour) / ${hoursOfWeek}) as n from machine_hour
     where machine = ?1 and hour >= ?2 and hour < ?3 and received > 0`,
  );
  const losses = database.prepare("select hour, reason, samples from hour_loss where machine = ?");
  const list = database.prepare(
    `select * from quarantine where (?1 is null or gateway = ?1) and (?2 is null or machine = ?2)
     and (?4 is null or position < ?4) and (?5 is null or reason = ?5) and (?6 is null or state = ?6) order by position desc limit ?3`,
  );
  const one = database.prepare("select * from quarantine where position = ?");
  const bytes = database.prepare("select bytes from quarantine_bytes where position = ?");
  const counts = database.prepare(
    "select reason, count(*) as n from quarantine where state = 'waiting' group by reason",
  );
  const contacts = database.prepare(
    `select machine, gateway, max(last_received_ms) as at from tally
     join stream on stream.id = tally.stream group by machine`,
  );
  return {
    totals(machineId) {
      commit();
      return (tallies.all(machineId) as unknown as Tally[]).reduce(addTally, noTotals);
    },
    hours(machineId) {
      commit();
      const lostBy = new Map<number, Record<string, number>>();
      for (const { hour, reason, samples } of losses.all(machineId)) {
        const of = lostBy.get(Number(hour)) ?? {};
        of[String(reason)] = Number(samples);
        lostBy.set(Number(hour), of);
      }
      return hours.all(machineId).map(({ hour, received, quarantined, lost }) => ({
        hour: Number(hour),
        received: Number(received),
        quarantined: Number(quarantined),
        lost: Number(lost),
        lostBy: lostBy.get(Number(hour)) ?? {},
      }));
    },
    quarantine({ gatewayId, machineId, before, reason, state, limit = 100 } = {}) {
      commit();
      const whose = [gatewayId ?? null, machineId ?? null] as const;
      const what = [before ?? null, reason ?? null, state ?? null] as const;
      return list.all(...whose, Math.min(limit, maxListed), ...what).map(toEntry);
    },
    quarantineEntry(position) {
      commit();
      const row = one.get(position);
      return row && toEntry(row);
    },
    quarantineCounts() {
      commit();
      return Object.fromEntries(counts.all().map(({ reason, n }) => [String(reason), Number(n)]));
    },
    quarantinedBytes(position) {
      commit();
      const kept = bytes.get(position)?.bytes;
      if (kept instanceof Uint8Array) return kept;
      if (position < journal.oldest) return undefined;
      const [found] = journal.read(position, 1).records;
      if (found?.position !== position) return undefined;
      const record = decodeRecord(found.payload);
      return record.kind === "quarantine" ? record.bytes : undefined;
    },
    weekPattern(machineId, nowMs) {
      commit();
      const now = Math.floor(nowMs / 3_600_000);
      const range = [machineId, now - patternWeeks * hoursOfWeek, now] as const;
      const weeks = Number(spokenWeeks.get(...range)?.n ?? 0);
      const rows = week.all(...range);
      return { weeks, active: new Map(rows.map(({ slot, n }) => [Number(slot), Number(n)])) };
    },
    lastContacts: () =>
      contacts.all().map(({ machine, gateway, at }) => ({
        machineId: String(machine),
        gatewayId: String(gateway),
        atMs: Number(at),
      })),
  };
}

function toEntry(row: Record<string, unknown>): QuarantineEntry {
  const { position, topic, reason, gateway, machine, epoch, number, samples, length } = row;
  return {
    position: Number(position),
    at: new Date(Number(row.at_ms)).toISOString(),
    topic: String(topic),
    reason: reason as QuarantineReason,
    gatewayId: gateway as string | null,
    machineId: machine as string | null,
    epoch: epoch as string | null,
    number: number as number | null,
    samples: Number(samples),
    length: Number(length),
    state: row.state as QuarantineState,
  };
}
