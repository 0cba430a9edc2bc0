import type { DatabaseSync } from "node:sqlite";
import { readBatchHeader } from "@firebreak/wire/batch-block.ts";
import type { JournalEntry } from "../../consume/consumer.ts";
import { type BatchRecord, decodeRecord } from "../../journal/record.ts";
import { inTransaction } from "./telemetry-schema.ts";

/** What waits to be sealed, per machine. */
export interface HotMachine {
  samples: number;
  oldestMs: number;
}

/** The hot tier: a batch becomes one row, in one transaction with the journal offset. */
export interface TelemetryWriter {
  readonly offset: number;
  readonly hot: ReadonlyMap<number, HotMachine>;
  take(entries: readonly JournalEntry[], nextOffset: number): void;
  /** Puts a record aside that cannot be stored. */
  poison(position: number, payload: Uint8Array, reason: string): void;
  /** Reads anew what waits per machine, after a seal or a failed step. */
  refreshHot(machine?: number): void;
}

const nsPerHour = 3_600_000_000_000n;

export function createTelemetryWriter(database: DatabaseSync): TelemetryWriter {
  const insertMachine = database.prepare(
    "insert into machine (name) values (?) on conflict do nothing",
  );
  const findMachine = database.prepare("select id from machine where name = ?");
  const insertDictionary = database.prepare(
    "insert into dictionary (hash, signals) values (?, ?) on conflict do nothing",
  );
  const findDictionary = database.prepare("select id from dictionary where hash = ?");
  const insertHot = database.prepare("insert into hot values (?, ?, ?, ?, ?, ?)");
  const addStored = database.prepare(
    `insert into stored values (?, ?, ?)
     on conflict do update set samples = samples + excluded.samples`,
  );
  const insertPoison = database.prepare("insert or ignore into poison values (?, ?, ?, ?, ?)");
  const setOffset = database.prepare("update meta set value = ? where name = 'offset'");
  const row = database.prepare("select value from meta where name = 'offset'").get();
  let offset = Number(row?.value ?? 0);
  const hot = new Map<number, HotMachine>();
  let machineIds = new Map<string, number>();
  let dictionaryIds = new Map<string, number>();

  const machineId = (name: string): number => {
    const known = machineIds.get(name);
    if (known !== undefined) return known;
    insertMachine.run(name);
    const id = Number(findMachine.get(name)?.id);
    if (machineIds.size > 50_000) machineIds = new Map();
    machineIds.set(name, id);
    return id;
  };
  const dictionaryId = (hash: string): number => {
    const known = dictionaryIds.get(hash) ?? findDictionary.get(hash)?.id;
    if (known === undefined) throw new RangeError("a batch before its dictionary");
    if (dictionaryIds.size > 10_000) dictionaryIds = new Map();
    dictionaryIds.set(hash, Number(known));
    return Number(known);
  };

  const insertBatch = (
    position: number,
    record: BatchRecord,
    stored: Map<string, { machine: number; hour: number; samples: number }>,
  ) => {
    const { sampleCount, dictionary, baseNs } = readBatchHeader(record.block);
    const machine = machineId(record.machineId);
    if (sampleCount === 0) return;
    const arrivedMs = Math.trunc(record.receivedAtMs);
    insertHot.run(
      position,
      machine,
      dictionaryId(dictionary),
      arrivedMs,
      sampleCount,
      record.block,
    );
    const hour = Number(floorDivide(baseNs, nsPerHour));
    const key = `${machine}/${hour}`;
    const tally = stored.get(key) ?? { machine, hour, samples: 0 };
    tally.samples += sampleCount;
    stored.set(key, tally);
    const waiting = hot.get(machine) ?? { samples: 0, oldestMs: arrivedMs };
    waiting.samples += sampleCount;
    hot.set(machine, waiting);
  };

  const refreshHot = (machine?: number) => {
    const rows = database
      .prepare(
        `select machine, sum(samples) as samples, min(arrived_ms) as oldest from hot
         where ?1 is null or machine = ?1 group by machine`,
      )
      .all(machine ?? null);
    if (machine === undefined) hot.clear();
    else hot.delete(machine);
    for (const found of rows)
      hot.set(Number(found.machine), {
        samples: Number(found.samples),
        oldestMs: Number(found.oldest),
      });
  };
  refreshHot();

  return {
    get offset() {
      return offset;
    },
    hot,
    refreshHot,
    take(entries, nextOffset) {
      const stored = new Map<string, { machine: number; hour: number; samples: number }>();
      try {
        inTransaction(database, () => {
          for (const { position, record } of entries)
            if (record.kind === "batch") insertBatch(position, record, stored);
            else if (record.kind === "dictionary")
              insertDictionary.run(
                record.dictionary.hash,
                JSON.stringify(record.dictionary.signals),
              );
          for (const { machine, hour, samples } of stored.values())
            addStored.run(machine, hour, samples);
          setOffset.run(nextOffset);
        });
        offset = nextOffset;
      } catch (error) {
        machineIds = new Map();
        dictionaryIds = new Map();
        refreshHot();
        throw error;
      }
    },
    poison(position, payload, reason) {
      const about = samplesIn(payload);
      const machine = about ? machineId(about.machineId) : null;
      insertPoison.run(position, machine, about?.samples ?? 0, reason, payload);
    },
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

/** Rounds down also before 1970. */
export function floorDivide(number: bigint, by: bigint): bigint {
  const quotient = number / by;
  return number % by < 0n ? quotient - 1n : quotient;
}
