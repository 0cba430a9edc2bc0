import assert from "node:assert/strict";
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { encodeMetric, readMetric, skipField } from "./sparkplug-metric.ts";
import type { Metric, Payload } from "./sparkplug-types.ts";

export { DataType, type Metric, type Payload } from "./sparkplug-types.ts";

/** A birth lists every signal of a machine; more than this in one payload is no machine. */
const maxMetrics = 20_000;

/** Field number * 8 + wire type, of message Payload. */
const Tag = { timestamp: 0x08, metric: 0x12, seq: 0x18, uuid: 0x22, body: 0x2a } as const;

/** Encodes a payload; ids, sequence and values have been checked, a value that does not fit its data type is a bug. */
export function encodePayload({ timestampMs, seq, metrics, uuid, body }: Payload): Uint8Array {
  assert(metrics.length <= maxMetrics, "a payload has a bounded number of metrics");
  const out = new ByteWriter(32 + metrics.length * 40);
  const bytesField = (tag: number, bytes: Uint8Array) => {
    out.byte(tag);
    out.varint(bytes.length);
    out.append(bytes);
  };
  if (timestampMs !== undefined) {
    out.byte(Tag.timestamp);
    out.varint(timestampMs);
  }
  for (const metric of metrics) bytesField(Tag.metric, encodeMetric(metric));
  if (seq !== undefined) {
    out.byte(Tag.seq);
    out.varint(seq);
  }
  if (uuid !== undefined) bytesField(Tag.uuid, Buffer.from(uuid));
  if (body !== undefined) bytesField(Tag.body, body);
  return out.written();
}

/**
 * Decodes a payload. Unknown fields, data sets, templates and metadata are skipped; byte values are views of `bytes`.
 * Throws CodedError SPARKPLUG_MALFORMED and nothing else, whatever the bytes are.
 * @see Sparkplug 3.0, payloads, Google Protocol Buffer schema.
 */
export function decodePayload(bytes: Uint8Array): Payload {
  const from = new ByteReader(bytes, "SPARKPLUG_MALFORMED");
  const metrics: Metric[] = [];
  const payload: { -readonly [Key in keyof Payload]: Payload[Key] } = { metrics };
  while (from.remaining > 0) {
    const tag = from.varint();
    if (tag === Tag.timestamp) payload.timestampMs = from.varint();
    else if (tag === Tag.metric) {
      if (metrics.length === maxMetrics) from.fail("there are too many metrics");
      metrics.push(readMetric(from.inside(from.varint())));
    } else if (tag === Tag.seq) payload.seq = from.varint();
    else if (tag === Tag.uuid) payload.uuid = from.text(from.varint());
    else if (tag === Tag.body) payload.body = from.take(from.varint());
    else skipField(from, tag);
  }
  return payload;
}
