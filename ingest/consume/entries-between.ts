import { decodeRecord, type JournalRecord } from "../journal/record.ts";
import type { JournalEntry, RecordSource } from "./consumer.ts";

const readBytes = 1024 * 1024;

/** Records of the journal at or behind `from` and before `to`, in their order; without those that cannot be decoded. */
export function* entriesBetween(
  source: Pick<RecordSource, "read">,
  from: number,
  to: number,
): Generator<JournalEntry> {
  for (let at = from; at < to; ) {
    const { records, next } = source.read(at, readBytes);
    if (next === at) return;
    for (const { position, next: behind, payload } of records) {
      if (position >= to) return;
      const record = decoded(payload);
      if (record) yield { position, next: behind, record };
    }
    at = next;
  }
}

function decoded(payload: Uint8Array): JournalRecord | undefined {
  try {
    return decodeRecord(payload);
  } catch {
    return undefined;
  }
}
