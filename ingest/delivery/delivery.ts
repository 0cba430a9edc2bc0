import type { Clock } from "@firebreak/kit/clock.ts";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { Acknowledgement, EpochOffer } from "@firebreak/wire/session.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import type { Journal } from "../journal/journal.ts";
import { type DictionaryRecord, decodeRecord, type JournalRecord } from "../journal/record.ts";
import { batchNameOf } from "./batch-name.ts";
import { openDeliveryFile } from "./delivery-file.ts";
import { createDeliveryIndex } from "./delivery-index.ts";
import { createIntakeQueries, type IntakeQueries } from "./intake-queries.ts";
import { createLossBooking } from "./loss-booking.ts";
import { type QuarantineState, quarantineLimits } from "./quarantine-rows.ts";

export interface DeliveryOptions {
  readonly path: string;
  readonly journal: Journal;
  readonly storeId: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Entries that waited in quarantine had to go for newer ones, or after their days; null: of all gateways together. */
  readonly onQuarantineCut?: (gatewayId: string | null, entries: number) => void;
  /** Called once a record of this gateway and epoch is on disk. */
  readonly onSettled: (gatewayId: string, epoch: string) => void;
}

/** The one way into the journal, and the memory of what has come through it. */
export interface Delivery extends IntakeQueries {
  /** What is known of a batch number; `checksum` is absent when it was forgotten. */
  lookUp(gatewayId: string, epoch: string, number: number): { seen: boolean; checksum?: number };
  /** The highest number seen of an epoch; 0 for a new one. */
  highest(gatewayId: string, epoch: string): number;
  hasDictionary(machineId: string, hash: string): boolean;
  /** What signal indexes of a machine's batches mean, while the journal has it. */
  dictionary(machineId: string, hash: string): SignalDictionary | undefined;
  /** Notes what became of something in quarantine. */
  noteQuarantined(position: number, state: QuarantineState): void;
  /**
   * Appends; `onDisk` is called once it is there, with its place in the journal. @throws CodedError LOG_FULL (retryable): nothing was taken.
   */
  append(record: JournalRecord, onDisk?: (position: number) => void): void;
  /** The gateway's half of the opening exchange: counts for the ledger, and losses to book. */
  noteOffer(gatewayId: string, offers: readonly EpochOffer[], bookLosses: boolean): void;
  acknowledgements(gatewayId: string, epochs: Iterable<string>): Acknowledgement[];
  /** Commits what has been folded in so far. */
  commit(): void;
  readonly offset: number;
  /** On disk and new since the start, what the journal still had to tell at the start included. */
  readonly taken: { readonly batches: number; readonly samples: number };
  close(): void;
}

interface Waiting {
  readonly record: JournalRecord;
  readonly position: number;
  readonly end: number;
  readonly onDisk: ((position: number) => void) | undefined;
}

const commitMs = 1_000;
/** What is not committed is read from the journal again at a start; so the index may be some seconds behind a large fleet. */
const mostCommitMs = 10_000;
/** Rows of gateways and machines are written once for all batches since: seldom is cheaper than often. */
const commitPause = 10;
/** How long the checksum of a batch is remembered: a clone that speaks up later counts as a duplicate. */
const keepBatchesMs = 14 * 86_400_000;

/** Folds in the journal from the committed offset on; complete when it returns. */
export function openDelivery(options: DeliveryOptions): Delivery {
  const { journal, storeId, clock, log } = options;
  const database = openDeliveryFile(options.path);
  const index = createDeliveryIndex(database, options.onQuarantineCut);
  catchUp(index, journal, log);
  index.commit();

  const waiting: Waiting[] = [];
  /** Dictionaries among those that wait. */
  const onTheWay = new Set<string>();
  const append = (record: JournalRecord, onDisk?: (position: number) => void) => {
    const { position, end } = journal.append(record);
    if (record.kind === "dictionary") onTheWay.add(keyOf(record));
    waiting.push({ record, position, end, onDisk });
  };
  const losses = createLossBooking({
    index,
    database,
    append: (record) => append(record),
    nowMs: () => clock.nowMs(),
    log,
  });

  const settle = () => {
    let taken = 0;
    for (const { record, position, end, onDisk } of waiting) {
      if (end > journal.synced) break;
      taken++;
      index.apply(record, position, end);
      if (record.kind === "dictionary") onTheWay.delete(keyOf(record));
      onDisk?.(position);
      const of = streamOf(record);
      if (of) options.onSettled(of.gatewayId, of.epoch);
    }
    waiting.splice(0, taken);
  };
  const stopListening = journal.onSynced(settle);
  const trying = (write: () => void) => () => {
    try {
      write();
    } catch (error) {
      log.error({ err: error }, "delivery index cannot be written, trying again");
    }
  };
  const tryCommit = trying(() => index.commit());
  let nextCommitMs = 0;
  const commitTimer = setInterval(() => {
    const startMs = clock.monotonicMs();
    if (startMs < nextCommitMs) return;
    tryCommit();
    const tookMs = clock.monotonicMs() - startMs;
    nextCommitMs = startMs + Math.min(mostCommitMs, commitPause * tookMs);
  }, commitMs);
  const prune = trying(() => {
    index.prune(clock.nowMs() - keepBatchesMs);
    index.expireQuarantine(clock.nowMs() - quarantineLimits.keepMs);
  });
  const pruneTimer = setInterval(prune, 60_000);
  const lossTimer = setInterval(() => losses.book(), 250);
  const leave = journal.addConsumer("delivery", () => index.offset);

  return {
    ...createIntakeQueries({ database, journal, commit: tryCommit }),
    lookUp(gatewayId, epoch, number) {
      const stream = index.stream(gatewayId, epoch);
      if (!stream.seen.has(number)) return { seen: false };
      const checksum = index.checksumOf(stream, number);
      return checksum === undefined ? { seen: true } : { seen: true, checksum };
    },
    highest: (gatewayId, epoch) => index.stream(gatewayId, epoch).seen.highest,
    hasDictionary(machineId, hash) {
      const position = index.dictionaryAt(machineId, hash);
      if (position !== undefined && position >= journal.oldest) return true;
      return onTheWay.has(`${machineId}\n${hash}`);
    },
    dictionary(machineId, hash) {
      const position = index.dictionaryAt(machineId, hash);
      if (position === undefined || position < journal.oldest) return undefined;
      const [found] = journal.read(position, 1).records;
      const record = found?.position === position ? decodeRecord(found.payload) : undefined;
      return record?.kind === "dictionary" ? record.dictionary : undefined;
    },
    noteQuarantined: (position, state) => index.noteQuarantined(position, state),
    append(record, onDisk) {
      append(record, onDisk);
      const of = record.kind === "quarantine" && record.reason === "cloned-number" ? null : record;
      const batch = of && batchNameOf(of);
      if (batch)
        index.expect(index.stream(batch.gatewayId, batch.epoch), batch.number, batch.checksum);
    },
    noteOffer(gatewayId, offers, bookLosses) {
      for (const offer of offers) {
        index.noteOffer(gatewayId, offer);
        if (bookLosses) losses.consider(gatewayId, offer);
      }
      losses.book();
    },
    acknowledgements: (gatewayId, epochs) =>
      [...epochs].map((epoch) => {
        const { settled } = index.stream(gatewayId, epoch);
        return { storeId, epoch, through: settled.through, ranges: settled.above };
      }),
    commit: () => index.commit(),
    get offset() {
      return index.offset;
    },
    taken: index.taken,
    close() {
      clearInterval(commitTimer);
      clearInterval(pruneTimer);
      clearInterval(lossTimer);
      stopListening();
      settle();
      tryCommit();
      leave();
      database.close();
    },
  };
}

function catchUp(
  index: ReturnType<typeof createDeliveryIndex>,
  journal: Journal,
  log: Logger,
): void {
  let at = index.offset;
  if (at > journal.end)
    log.error({ offset: at, end: journal.end }, "journal is older than its index");
  for (;;) {
    const { records, next } = journal.read(at, 4 * 1024 * 1024);
    for (const { position, payload, next: behind } of records) {
      try {
        index.apply(decodeRecord(payload), position, behind);
      } catch (error) {
        log.error({ err: error, position, code: errorCode(error) }, "record isolated");
      }
    }
    if (next === at) return;
    at = next;
    index.commit();
  }
}

const keyOf = ({ machineId, dictionary }: DictionaryRecord): string =>
  `${machineId}\n${dictionary.hash}`;

function streamOf(record: JournalRecord): { gatewayId: string; epoch: string } | undefined {
  if (record.kind === "loss") return record;
  return batchNameOf(record);
}
