import type { DatabaseSync } from "node:sqlite";
import { readBatchHeader } from "@firebreak/wire/batch-block.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import { decodeRecord } from "../../journal/record.ts";

/**
 * What every store keeps beside the samples, in one transaction with the place in the journal. `stored`: samples per
 * machine and the hour in which their batch began. `poison`: records that could not be used.
 */
export const bookSchema = `
create table meta (name text primary key, value) without rowid;
create table machine (id integer primary key, name text not null unique);
create table dictionary (id integer primary key, hash text not null unique, signals text not null);
create table stored (machine integer not null, hour integer not null, samples integer not null,
  primary key (machine, hour)) without rowid;
create table poison (position integer primary key, machine integer, samples integer not null,
  reason text not null, block blob not null);
insert into meta values ('offset', 0);
`;

const nsPerHour = 3_600_000_000_000n;

/** The hour of samples that no gateway delivered: they are in the store and in nobody's account. */
export const nobodysHour = -(2 ** 31);

/** Samples per machine and hour, added up before they are written. */
export class StoredTally {
  readonly #counts = new Map<string, { machine: number; hour: number; samples: number }>();

  /** `hour`: counted from the epoch; `nobodysHour` counts for nothing. */
  add(machine: number, hour: number, samples: number): void {
    if (hour === nobodysHour) return;
    const key = `${machine}/${hour}`;
    const count = this.#counts.get(key) ?? { machine, hour, samples: 0 };
    count.samples += samples;
    this.#counts.set(key, count);
  }

  values() {
    return this.#counts.values();
  }
}

/** The writer's side. Call inside a transaction; after one that failed, `forget`. */
export interface Book {
  readonly offset: number;
  machineId(name: string): number;
  /** @throws RangeError for a batch before its dictionary */
  dictionaryId(hash: string): number;
  addDictionary(dictionary: SignalDictionary): void;
  addStored(tally: StoredTally): void;
  setOffset(next: number): void;
  /** Puts a record aside that cannot be stored. */
  poison(position: number, payload: Uint8Array, reason: string): void;
  forget(): void;
}

export function createBook(database: DatabaseSync): Book {
  const insertMachine = database.prepare(
    "insert into machine (name) values (?) on conflict do nothing",
  );
  const findMachine = database.prepare("select id from machine where name = ?");
  const insertDictionary = database.prepare(
    "insert into dictionary (hash, signals) values (?, ?) on conflict do nothing",
  );
  const findDictionary = database.prepare("select id from dictionary where hash = ?");
  const addSamples = database.prepare(
    `insert into stored values (?, ?, ?)
     on conflict do update set samples = samples + excluded.samples`,
  );
  const insertPoison = database.prepare("insert or ignore into poison values (?, ?, ?, ?, ?)");
  const setOffset = database.prepare("update meta set value = ? where name = 'offset'");
  const findOffset = database.prepare("select value from meta where name = 'offset'");
  let machineIds = new Map<string, number>();
  let dictionaryIds = new Map<string, number>();
  let offset = Number(findOffset.get()?.value ?? 0);

  const machineId = (name: string): number => {
    const known = machineIds.get(name);
    if (known !== undefined) return known;
    insertMachine.run(name);
    const id = Number(findMachine.get(name)?.id);
    if (machineIds.size > 50_000) machineIds = new Map();
    machineIds.set(name, id);
    return id;
  };

  return {
    get offset() {
      return offset;
    },
    machineId,
    dictionaryId(hash) {
      const known = dictionaryIds.get(hash) ?? findDictionary.get(hash)?.id;
      if (known === undefined) throw new RangeError("a batch before its dictionary");
      if (dictionaryIds.size > 10_000) dictionaryIds = new Map();
      dictionaryIds.set(hash, Number(known));
      return Number(known);
    },
    addDictionary({ hash, signals }) {
      insertDictionary.run(hash, JSON.stringify(signals));
    },
    addStored(tally) {
      for (const { machine, hour, samples } of tally.values())
        addSamples.run(machine, hour, samples);
    },
    setOffset(next) {
      setOffset.run(next);
      offset = next;
    },
    poison(position, payload, reason) {
      const about = samplesIn(payload);
      const machine = about ? machineId(about.machineId) : null;
      insertPoison.run(position, machine, about?.samples ?? 0, reason, payload);
    },
    forget() {
      machineIds = new Map();
      dictionaryIds = new Map();
      offset = Number(findOffset.get()?.value ?? 0);
    },
  };
}

/** Dictionaries by their row. */
export function createDictionaryReader(
  database: DatabaseSync,
): (id: number | bigint) => SignalDictionary {
  const find = database.prepare("select hash, signals from dictionary where id = ?");
  const known = new Map<number, SignalDictionary>();
  return (id) => {
    const found = known.get(Number(id));
    if (found) return found;
    const row = find.get(id);
    const made = { hash: String(row?.hash), plan: "", signals: JSON.parse(String(row?.signals)) };
    if (known.size > 1_000) known.clear();
    known.set(Number(id), made);
    return made;
  };
}

/** Whose samples a record holds; undefined when it does not even say that. */
function samplesIn(payload: Uint8Array): { machineId: string; samples: number } | undefined {
  try {
    const record = decodeRecord(payload);
    if (record.kind !== "batch") return undefined;
    const { machineId, block } = record;
    return { machineId, samples: readBatchHeader(block).sampleCount };
  } catch {
    return undefined;
  }
}

/** The hour of a time, counted from the epoch. */
export const hourOf = (timeNs: bigint): number => Number(floorDivide(timeNs, nsPerHour));

/** Rounds down also before 1970. */
export function floorDivide(number: bigint, by: bigint): bigint {
  const quotient = number / by;
  return number % by < 0n ? quotient - 1n : quotient;
}
