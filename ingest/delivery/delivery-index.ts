/**
 * What has been received from whom: a fold over the journal, kept in memory and committed with its offset. After a
 * restart the tail of the journal behind the offset is folded again, so no answer depends on when the hub stopped.
 */
import type { DatabaseSync } from "node:sqlite";
import { batchChecksum, readBatchHeader } from "@firebreak/wire/batch-block.ts";
import type { EpochOffer } from "@firebreak/wire/session.ts";
import type {
  BatchRecord,
  JournalRecord,
  LossRecord,
  QuarantineRecord,
} from "../journal/record.ts";
import { inTransaction } from "../store/book/transaction.ts";
import {
  type BatchRow,
  createDeliveryStore,
  type HourDelta,
  type Stream,
} from "./delivery-store.ts";
import { createQuarantineRows, type QuarantineState } from "./quarantine-rows.ts";
import { emptyTally, type Tally } from "./tally.ts";

export interface DeliveryIndex {
  /** Records before it are folded in and committed. */
  readonly offset: number;
  stream(gatewayId: string, epoch: string): Stream;
  /** The checksum under which a seen number came; undefined when it is not known any more. */
  checksumOf(stream: Stream, number: number): number | undefined;
  /** Marks a number as on its way to the disk. */
  expect(stream: Stream, number: number, checksum: number): void;
  /** Folds in a record that is on disk. */
  apply(record: JournalRecord, position: number, next: number): void;
  /** Cumulative counts of an offer; not in the journal, so committed on their own. */
  noteOffer(gatewayId: string, offer: EpochOffer): void;
  /** Where the dictionary of a machine was journalled last. */
  dictionaryAt(machineId: string, hash: string): number | undefined;
  /** Notes what became of something in quarantine; not in the journal, so committed on its own. */
  noteQuarantined(position: number, state: QuarantineState): void;
  expireQuarantine(beforeMs: number): void;
  commit(): void;
  /** Forgets checksums received before a time, of some streams per call; those in memory come round more often. */
  prune(beforeMs: number): void;
  /** Batches and samples folded in by this process. */
  readonly taken: { readonly batches: number; readonly samples: number };
}

const maxCachedStreams = 50_000;
const streamsPerPrune = 20;
const msPerHour = 3_600_000;

export function createDeliveryIndex(
  database: DatabaseSync,
  onQuarantineCut: (gatewayId: string | null, entries: number) => void = () => {},
): DeliveryIndex {
  const store = createDeliveryStore(database);
  const setOffset = database.prepare("update meta set value = ? where name = 'offset'");
  const putLossPoint = database.prepare("insert or replace into loss_point values (?, ?, ?, ?)");
  const putDictionary = database.prepare("insert or replace into dictionary values (?, ?, ?)");
  const findDictionary = database.prepare(
    "select position from dictionary where machine = ? and hash = ?",
  );
  const quarantine = createQuarantineRows(database, onQuarantineCut);

  let offset = Number(
    database.prepare("select value from meta where name = 'offset'").get()?.value ?? 0,
  );
  let pendingOffset = offset;
  const streams = new Map<string, Stream>();
  const dirty = new Set<Stream>();
  const checksums = new Map<string, number>();
  let rows: BatchRow[] = [];
  let unpruned: Stream[] = [];
  /** Of those too that nobody has asked for since the start: gateways that are gone, epochs that are over. */
  let prunedTo = 0;
  let later: (() => void)[] = [];
  const hours = new Map<string, { machineId: string; hour: number; delta: HourDelta }>();
  const dictionaries = new Map<string, number>();
  const taken = { batches: 0, samples: 0 };

  const stream = (gatewayId: string, epoch: string): Stream => {
    const key = `${gatewayId}\n${epoch}`;
    const known = streams.get(key);
    if (known) return known;
    if (streams.size >= maxCachedStreams && checksums.size === 0) {
      commit();
      streams.clear();
    }
    const loaded = store.loadStream(gatewayId, epoch);
    const made = loaded ?? store.newStream(gatewayId, epoch);
    if (!loaded) dirty.add(made);
    streams.set(key, made);
    return made;
  };
  const tallyOf = (of: Stream, machineId: string): Tally => {
    dirty.add(of);
    const known = of.tallies.get(machineId);
    if (known) return known;
    const made = emptyTally();
    of.tallies.set(machineId, made);
    return made;
  };
  const hourOf = (machineId: string, hour: number): HourDelta => {
    const key = `${hour}\n${machineId}`;
    const known = hours.get(key);
    if (known) return known.delta;
    const delta = { received: 0, quarantined: 0, lost: 0, lostBy: new Map() };
    hours.set(key, { machineId, hour, delta });
    return delta;
  };
  /** False when the record was folded in before. */
  const settle = (of: Stream, number: number): boolean => {
    of.seen.add(number);
    return of.settled.add(number);
  };

  const applyBatch = (record: BatchRecord) => {
    const header = readBatchHeader(record.block);
    const { machineId, receivedAtMs } = record;
    const of = stream(record.gatewayId, header.epoch);
    if (!settle(of, header.number) && !release(of, header.number)) return;
    const given = header.tombstone?.samples ?? 0;
    taken.batches++;
    taken.samples += header.sampleCount;
    const tally = tallyOf(of, machineId);
    tally.received += header.sampleCount;
    tally.tombstoned += given;
    tally.produced = Math.max(tally.produced, header.produced);
    tally.suppressed = Math.max(tally.suppressed, header.suppressed);
    tally.lastReceivedMs = Math.max(tally.lastReceivedMs, receivedAtMs);
    const hour = hourOf(machineId, Math.floor(Number(header.baseNs / 1_000_000n) / msPerHour));
    hour.received += header.sampleCount;
    lose(hour, given, header.tombstone?.reason ?? "");
    rows.push({
      stream: of.id,
      number: header.number,
      checksum: batchChecksum(record.block),
      machineId,
      samples: header.sampleCount + given,
      after: header.produced,
      receivedMs: Math.trunc(receivedAtMs),
    });
  };

  /** A batch whose number is settled because it is in quarantine: it was tried again, and is one like any other. */
  const release = (of: Stream, number: number): boolean => {
    commit();
    const entry = quarantine.waitingAs(of, number);
    if (entry === undefined) return false;
    const { position, machineId, samples, atMs } = entry;
    later.push(() => quarantine.setState(position, "released"));
    tallyOf(of, machineId).quarantined -= samples;
    hourOf(machineId, Math.floor(atMs / msPerHour)).quarantined -= samples;
    return true;
  };

  const applyQuarantine = (record: QuarantineRecord, position: number) => {
    const { batch, gatewayId, machineId, receivedAtMs } = record;
    later.push(() => quarantine.add(record, position));
    if (!batch || gatewayId === null || machineId === null) return;
    const of = stream(gatewayId, batch.epoch);
    const isClone = record.reason === "cloned-number";
    if (!isClone && !settle(of, batch.number)) return;
    const tally = tallyOf(of, machineId);
    if (isClone) tally.cloned += batch.samples;
    else tally.quarantined += batch.samples;
    hourOf(machineId, Math.floor(receivedAtMs / msPerHour)).quarantined += batch.samples;
    if (isClone) return;
    const { number, samples } = batch;
    const checksum = record.bytes.length >= 4 ? batchChecksum(record.bytes) : 0;
    const receivedMs = Math.trunc(receivedAtMs);
    rows.push({ stream: of.id, number, checksum, machineId, samples, after: null, receivedMs });
  };

  const applyLoss = (record: LossRecord) => {
    const of = stream(record.gatewayId, record.epoch);
    if (of.settled.missing(record.first, record.last).length === 0) return;
    of.seen.addRange(record.first, record.last);
    of.settled.addRange(record.first, record.last);
    dirty.add(of);
    for (const [machineId, { samples, after }] of Object.entries(record.machines)) {
      tallyOf(of, machineId).lost += samples;
      const hour = hourOf(machineId, Math.floor(record.bookedAtMs / msPerHour));
      lose(hour, samples, record.reason);
      later.push(() => void putLossPoint.run(of.id, machineId, record.last, after));
    }
  };

  const commit = () => {
    if (pendingOffset === offset && dirty.size === 0) return;
    inTransaction(database, () => {
      for (const row of rows) store.saveBatch(row);
      for (const { machineId, hour, delta } of hours.values())
        store.saveHour(machineId, hour, delta);
      for (const write of later) write();
      quarantine.cut();
      for (const changed of dirty) store.saveStream(changed);
      setOffset.run(pendingOffset);
    });
    offset = pendingOffset;
    for (const row of rows) checksums.delete(`${row.stream}/${row.number}`);
    rows = [];
    later = [];
    hours.clear();
    dirty.clear();
  };

  return {
    get offset() {
      return offset;
    },
    stream,
    taken,
    commit,
    checksumOf: (of, number) =>
      checksums.get(`${of.id}/${number}`) ?? store.checksumOf(of.id, number),
    expect(of, number, checksum) {
      of.seen.add(number);
      checksums.set(`${of.id}/${number}`, checksum);
    },
    apply(record, position, next) {
      if (next <= pendingOffset) return;
      if (record.kind === "batch") applyBatch(record);
      else if (record.kind === "quarantine") applyQuarantine(record, position);
      else if (record.kind === "loss") applyLoss(record);
      else if (record.kind === "dictionary") {
        const { machineId, dictionary } = record;
        dictionaries.set(`${machineId}\n${dictionary.hash}`, position);
        later.push(() => void putDictionary.run(machineId, dictionary.hash, position));
      }
      pendingOffset = next;
    },
    expireQuarantine: (beforeMs) => inTransaction(database, () => quarantine.expire(beforeMs)),
    prune(beforeMs) {
      if (unpruned.length === 0) unpruned = [...streams.values()];
      for (const { id, settled } of unpruned.splice(0, streamsPerPrune))
        store.prune(id, settled, beforeMs);
      prunedTo = store.pruneBehind(prunedTo, streamsPerPrune, beforeMs);
    },
    noteQuarantined: (position, state) => quarantine.setState(position, state),
    noteOffer(gatewayId, { epoch, machines }) {
      const of = stream(gatewayId, epoch);
      for (const [machineId, { produced, suppressed }] of Object.entries(machines)) {
        const tally = tallyOf(of, machineId);
        tally.produced = Math.max(tally.produced, produced);
        tally.suppressed = Math.max(tally.suppressed, suppressed);
      }
    },
    dictionaryAt(machineId, hash) {
      const key = `${machineId}\n${hash}`;
      const known = dictionaries.get(key) ?? findDictionary.get(machineId, hash)?.position;
      if (known === undefined) return undefined;
      if (dictionaries.size > 100_000) dictionaries.clear();
      dictionaries.set(key, Number(known));
      return Number(known);
    },
  };
}

function lose(hour: HourDelta, samples: number, reason: string): void {
  if (samples === 0) return;
  hour.lost += samples;
  hour.lostBy.set(reason, (hour.lostBy.get(reason) ?? 0) + samples);
}
