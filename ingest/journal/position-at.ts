import type { SegmentInfo } from "@firebreak/log/segment-log.ts";
import type { RecordSource } from "../consume/consumer.ts";
import { decodeRecord } from "./record.ts";

const readBytes = 1024 * 1024;

/**
 * Where to read on for everything that arrived at `timeMs` or later, by the hub's clock; the end when nothing did. Files
 * that were written to for the last time before are passed over, the first of the others is read through.
 */
export function positionAt(
  timeMs: number,
  log: Pick<RecordSource, "read"> & { readonly segments: readonly SegmentInfo[] },
): number {
  const { segments } = log;
  const since = segments.find(({ writtenMs }) => writtenMs >= timeMs);
  for (let at = since?.oldest ?? segments.at(-1)?.end ?? 0; ; ) {
    const { records, next } = log.read(at, readBytes);
    for (const { position, payload } of records) {
      const arrivedMs = arrivalOf(payload);
      if (arrivedMs !== undefined && arrivedMs >= timeMs) return position;
    }
    if (next === at) return at;
    at = next;
  }
}

/** Undefined for what bears no time, or cannot be read. */
function arrivalOf(payload: Uint8Array): number | undefined {
  try {
    const record = decodeRecord(payload);
    if (record.kind === "dictionary") return undefined;
    return record.kind === "loss" ? record.bookedAtMs : record.receivedAtMs;
  } catch {
    return undefined;
  }
}
