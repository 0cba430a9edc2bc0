import type { DatabaseSync } from "node:sqlite";
import { readBatchHeader } from "@firebreak/wire/batch-block.ts";
import type { RecordSource } from "../../consume/consumer.ts";
import { decodeRecord } from "../../journal/record.ts";
import { createBook, createDictionaryReader } from "../book/book.ts";
import { inTransaction } from "../book/transaction.ts";
import { type ChunkBatch, createSeriesBook, hoursOfBatch } from "./chunk.ts";
import type { Deliverer } from "./deliver.ts";
import type { HourBook } from "./hour-book.ts";
import { sendChunk } from "./send-chunk.ts";
import { createSentBook, type SentChunk } from "./sent-book.ts";
import type { Repeat } from "./stamps.ts";

export interface SendAgainParts {
  readonly database: DatabaseSync;
  readonly source: Pick<RecordSource, "read">;
  readonly deliverer: Pick<Deliverer, "deliver">;
  readonly hours: Pick<HourBook, "mark">;
}

const samplesAtOnce = 20_000;
const noStamp = { sec: Number.NEGATIVE_INFINITY, ns: 0 };

/**
 * Sends anew what the database said it had, with what was decided about it then, so that nothing is there twice.
 * Resolves with the number of samples. What it refuses it refused before. @throws CodedError STORE_STOPPED
 */
export async function sendAgain(parts: SendAgainParts): Promise<number> {
  const { deliverer } = parts;
  const reader = createReader(parts);
  let sent = 0;
  let batches: ChunkBatch[] = [];
  let repeats: Repeat[] = [];
  let waiting = 0;
  const flush = async () => {
    await sendChunk(deliverer, batches, repeats);
    markHours(parts, batches);
    sent += waiting;
    [batches, repeats, waiting] = [[], [], 0];
  };
  for (const chunk of createSentBook(parts.database).chunks()) {
    for (const batch of reader.batches(chunk)) {
      batches.push(batch);
      waiting += batch.length;
    }
    repeats.push(...chunk.repeats);
    if (waiting >= samplesAtOnce) await flush();
  }
  await flush();
  return sent;
}

/** Sums of hours went with their samples. */
function markHours({ database, hours }: SendAgainParts, batches: readonly ChunkBatch[]): void {
  const book = createBook(database);
  inTransaction(database, () => {
    for (const batch of batches) {
      const machine = book.machineId(batch.machineId);
      for (const hour of hoursOfBatch(batch)) hours.mark(machine, hour);
    }
  });
}

function createReader({ database, source }: SendAgainParts) {
  const book = createBook(database);
  const dictionaryOf = createDictionaryReader(database);
  const series = createSeriesBook();
  /** What is before it has been trimmed. */
  let oldest = 0;

  const decode = (position: number, payload: Uint8Array): ChunkBatch[] => {
    try {
      const record = decodeRecord(payload);
      if (record.kind !== "batch" && record.kind !== "imported") return [];
      const { sampleCount, dictionary } = readBatchHeader(record.block);
      if (sampleCount === 0) return [];
      if (!series.isKnown(record.machineId)) series.know(record.machineId, noStamp);
      return [series.decode(position, record, dictionaryOf(book.dictionaryId(dictionary)))];
    } catch {
      // It was put aside when it came.
      return [];
    }
  };

  return {
    *batches({ start, next }: SentChunk): Generator<ChunkBatch> {
      for (let at = Math.max(start, oldest); at < next; ) {
        const { records, next: readTo } = source.read(at, next - at);
        for (const { position, payload } of records) {
          if (position < next) yield* decode(position, payload);
          else oldest = position;
        }
        if (readTo <= at) return;
        at = readTo;
      }
    },
  };
}
