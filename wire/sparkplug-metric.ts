import assert from "node:assert/strict";
import type { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import {
  DataType,
  integerType,
  type Metric,
  type MetricValue,
  type PropertyValue,
  toInteger,
} from "./sparkplug-types.ts";

/** Field number * 8 + wire type, of message Metric. */
const Tag = {
  name: 0x0a,
  alias: 0x10,
  timestamp: 0x18,
  datatype: 0x20,
  isHistorical: 0x28,
  isNull: 0x38,
  properties: 0x4a,
} as const;

/** Tags of the value fields of one message: Metric counts on from field 10, PropertyValue from field 3. */
const valueTags = (firstField: number) => ({
  int: firstField * 8,
  long: (firstField + 1) * 8,
  float: (firstField + 2) * 8 + 5,
  double: (firstField + 3) * 8 + 1,
  boolean: (firstField + 4) * 8,
  string: (firstField + 5) * 8 + 2,
  bytes: (firstField + 6) * 8 + 2,
});
type ValueTags = ReturnType<typeof valueTags>;
const metricValue = valueTags(10);
const propertyValue = { ...valueTags(3), bytes: -1 };

/** Tags of messages PropertySet and PropertyValue. */
const PropertyTag = { key: 0x0a, value: 0x12, type: 0x08, isNull: 0x10 } as const;
const maxProperties = 1_000;

/** Encodes one message Metric. */
export function encodeMetric(metric: Metric): Uint8Array {
  const { name, alias, timestampMs, datatype, isHistorical, isNull, value, properties } = metric;
  const out = new ByteWriter(48 + (value instanceof Uint8Array ? value.length : 0));
  if (name !== undefined) writeBytes(out, Tag.name, Buffer.from(name));
  if (alias !== undefined) writeVarint(out, Tag.alias, alias);
  if (timestampMs !== undefined) writeVarint(out, Tag.timestamp, timestampMs);
  if (datatype !== undefined) writeVarint(out, Tag.datatype, datatype);
  if (isHistorical !== undefined) writeVarint(out, Tag.isHistorical, isHistorical ? 1 : 0);
  if (isNull !== undefined) writeVarint(out, Tag.isNull, isNull ? 1 : 0);
  if (properties !== undefined) writeBytes(out, Tag.properties, encodeProperties(properties));
  if (!isNull && value !== undefined) writeValue(out, metricValue, { datatype, value });
  return out.written();
}

/** Reads one message Metric; all of `from` is it. */
export function readMetric(from: ByteReader): Metric {
  const metric: { -readonly [Key in keyof Metric]: Metric[Key] } = {};
  let value: MetricValue | undefined;
  while (from.remaining > 0) {
    const tag = from.varint();
    if (tag === Tag.name) metric.name = from.text(from.varint());
    else if (tag === Tag.alias) metric.alias = from.varint();
    else if (tag === Tag.timestamp) metric.timestampMs = from.varint();
    else if (tag === Tag.datatype) metric.datatype = readUint32(from);
    else if (tag === Tag.isHistorical) metric.isHistorical = readBoolean(from);
    else if (tag === Tag.isNull) metric.isNull = readBoolean(from);
    else if (tag === Tag.properties) metric.properties = readProperties(from.inside(from.varint()));
    else value = readValue(from, metricValue, tag) ?? value;
  }
  if (value !== undefined && !metric.isNull) metric.value = interpreted(metric.datatype, value);
  return metric;
}

/** Steps over a field that is not ours. Groups, which Sparkplug does not use, are refused. */
export function skipField(from: ByteReader, tag: number): void {
  switch (tag % 8) {
    case 0:
      from.varint64();
      break;
    case 1:
      from.take(8);
      break;
    case 2:
      from.take(from.varint());
      break;
    case 5:
      from.take(4);
      break;
    default:
      from.fail("a field has an unknown wire type");
  }
}

/** The value in this field; undefined, and stepped over, when it is no value field. */
function readValue(from: ByteReader, tags: ValueTags, tag: number): MetricValue | undefined {
  if (tag === tags.int) return readUint32(from);
  if (tag === tags.long) return from.varint64();
  if (tag === tags.float) return from.float32();
  if (tag === tags.double) return from.float64();
  if (tag === tags.boolean) return readBoolean(from);
  if (tag === tags.string) return from.text(from.varint());
  if (tag === tags.bytes) return from.take(from.varint());
  skipField(from, tag);
  return undefined;
}

/** Without a data type the field decides: numbers are doubles, bigints 64-bit integers. */
function writeValue(
  out: ByteWriter,
  tags: ValueTags,
  { datatype, value }: { datatype: number | undefined; value: MetricValue },
): void {
  if (typeof value === "boolean") writeVarint(out, tags.boolean, value ? 1 : 0);
  else if (typeof value === "string") writeBytes(out, tags.string, Buffer.from(value));
  else if (value instanceof Uint8Array) writeBytes(out, tags.bytes, value);
  else {
    const type = datatype === undefined ? undefined : integerType(datatype);
    if (type !== undefined || typeof value === "bigint") {
      assert(type === undefined || fits(type, value), "an integer fits in its data type");
      // A small negative number is extended to 32 bits, as the reference encoders do.
      const isLong = type === undefined || type.bits === 64;
      out.varint(isLong ? tags.long : tags.int);
      if (isLong) out.varint64(BigInt(value));
      else out.varint(Number(value) >>> 0);
    } else if (datatype === DataType.Float) {
      out.varint(tags.float);
      out.float32(value);
    } else {
      out.varint(tags.double);
      out.float64(value);
    }
  }
}

function fits(
  { bits, signed }: { bits: number; signed: boolean },
  value: number | bigint,
): boolean {
  if (typeof value === "number" && !Number.isSafeInteger(value)) return false;
  const exact = BigInt(value);
  return (signed ? BigInt.asIntN(bits, exact) : BigInt.asUintN(bits, exact)) === exact;
}

function encodeProperties(properties: ReadonlyMap<string, PropertyValue>): Uint8Array {
  const out = new ByteWriter(64);
  for (const key of properties.keys()) writeBytes(out, PropertyTag.key, Buffer.from(key));
  for (const { type, isNull, value } of properties.values()) {
    const inner = new ByteWriter(24);
    if (type !== undefined) writeVarint(inner, PropertyTag.type, type);
    if (isNull !== undefined) writeVarint(inner, PropertyTag.isNull, isNull ? 1 : 0);
    if (!isNull && value !== undefined) {
      assert(!(value instanceof Uint8Array), "a property has no bytes");
      writeValue(inner, propertyValue, { datatype: type, value });
    }
    writeBytes(out, PropertyTag.value, inner.written());
  }
  return out.written();
}

/** Keys and values are two parallel lists; a set whose lists differ in length is refused. */
function readProperties(from: ByteReader): Map<string, PropertyValue> {
  const keys: string[] = [];
  const values: PropertyValue[] = [];
  while (from.remaining > 0) {
    const tag = from.varint();
    if (tag === PropertyTag.key) keys.push(from.text(from.varint()));
    else if (tag === PropertyTag.value) values.push(readProperty(from.inside(from.varint())));
    else skipField(from, tag);
    if (Math.max(keys.length, values.length) > maxProperties)
      from.fail("a metric has too many properties");
  }
  if (keys.length !== values.length)
    from.fail("properties have no equal number of keys and values");
  return new Map(keys.map((key, at) => [key, values[at] ?? {}]));
}

function readProperty(from: ByteReader): PropertyValue {
  const property: { -readonly [Key in keyof PropertyValue]: PropertyValue[Key] } = {};
  let value: MetricValue | undefined;
  while (from.remaining > 0) {
    const tag = from.varint();
    if (tag === PropertyTag.type) property.type = readUint32(from);
    else if (tag === PropertyTag.isNull) property.isNull = readBoolean(from);
    else value = readValue(from, propertyValue, tag) ?? value;
  }
  if (value !== undefined && !property.isNull) property.value = interpreted(property.type, value);
  return property;
}

const interpreted = (datatype: number | undefined, value: MetricValue): MetricValue =>
  datatype !== undefined && (typeof value === "bigint" || Number.isInteger(value))
    ? toInteger(datatype, value as number | bigint)
    : value;

/** A uint32 field keeps the low 32 bits of whatever length was sent. */
const readUint32 = (from: ByteReader): number => {
  const value = from.varint64();
  return typeof value === "number" && value <= 0xffff_ffff
    ? value
    : Number(BigInt.asUintN(32, BigInt(value)));
};

const readBoolean = (from: ByteReader): boolean => Number(from.varint64()) !== 0;

function writeVarint(out: ByteWriter, tag: number, value: number): void {
  out.varint(tag);
  out.varint(value);
}

function writeBytes(out: ByteWriter, tag: number, bytes: Uint8Array): void {
  out.varint(tag);
  out.varint(bytes.length);
  out.append(bytes);
}
