/** Sparkplug B data types that carry one value; the others (data set, template, arrays) are read as "no value". */
export const DataType = {
  Int8: 1,
  Int16: 2,
  Int32: 3,
  Int64: 4,
  UInt8: 5,
  UInt16: 6,
  UInt32: 7,
  UInt64: 8,
  Float: 9,
  Double: 10,
  Boolean: 11,
  String: 12,
  DateTime: 13,
  Text: 14,
  UUID: 15,
  Bytes: 17,
  File: 18,
} as const;
export type DataType = (typeof DataType)[keyof typeof DataType];

/** An integer of 64 bits is a number while that is safe, |n| < 2^53, and a bigint beyond; never anything else. */
export type MetricValue = number | bigint | boolean | string | Uint8Array;

/** One property of a metric, e.g. `Quality`; nested sets are dropped. */
export interface PropertyValue {
  readonly type?: number;
  readonly isNull?: boolean;
  readonly value?: MetricValue;
}

/** One metric of a payload. `alias`, `timestampMs`: 0 to 2^53 - 1. */
export interface Metric {
  readonly name?: string;
  readonly alias?: number;
  readonly timestampMs?: number;
  /** Births carry it; data may leave it out, then an integer is read without sign (see `toInteger`). */
  readonly datatype?: number;
  readonly isHistorical?: boolean;
  readonly isNull?: boolean;
  readonly value?: MetricValue;
  readonly properties?: ReadonlyMap<string, PropertyValue>;
}

/** One Sparkplug B payload. */
export interface Payload {
  readonly timestampMs?: number;
  /** 0 to 255; commands and NDEATH have none. */
  readonly seq?: number;
  readonly metrics: readonly Metric[];
  readonly uuid?: string;
  readonly body?: Uint8Array;
}

const integerTypes = new Map<number, { bits: number; signed: boolean }>([
  [DataType.Int8, { bits: 8, signed: true }],
  [DataType.Int16, { bits: 16, signed: true }],
  [DataType.Int32, { bits: 32, signed: true }],
  [DataType.Int64, { bits: 64, signed: true }],
  [DataType.UInt8, { bits: 8, signed: false }],
  [DataType.UInt16, { bits: 16, signed: false }],
  [DataType.UInt32, { bits: 32, signed: false }],
  [DataType.UInt64, { bits: 64, signed: false }],
  [DataType.DateTime, { bits: 64, signed: false }],
]);

/** How an integer of this type travels; undefined for every other type. */
export const integerType = (datatype: number) => integerTypes.get(datatype);

/**
 * The integer that the low bits of `raw` mean in this data type; other types give `raw` back as it is.
 * Needed for data by alias, whose type only the birth tells. Encoders differ in how far they extend the sign of a
 * small negative number, and in which field they put it; its low bits are the same in all of them.
 */
export function toInteger(datatype: number, raw: number | bigint): number | bigint {
  const type = integerTypes.get(datatype);
  if (type === undefined) return raw;
  if (type.bits <= 32 && typeof raw === "number" && raw >= 0 && raw <= 0xffff_ffff) {
    const unused = 32 - type.bits;
    return type.signed ? (raw << unused) >> unused : (raw << unused) >>> unused;
  }
  const bits = BigInt(raw);
  return numberWhenSafe(
    type.signed ? BigInt.asIntN(type.bits, bits) : BigInt.asUintN(type.bits, bits),
  );
}

/** A number where that is exact, otherwise the bigint. */
export const numberWhenSafe = (value: bigint): number | bigint =>
  value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
