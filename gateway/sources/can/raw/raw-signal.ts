import { Quality } from "@firebreak/wire/quality.ts";
import type { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import { type BitField, readBitsBe, readBitsLe } from "../../../decode/bit-field.ts";
import { type RawLimits, rawLimits } from "../j1939/spn.ts";
import type { SpnKind } from "../j1939/spn-facts.ts";

/** A field as a DBC prints it: `startBit` is the least significant bit (little) or the most significant one (big). */
export interface RawField {
  /** Bit 0 is the least significant of the first byte, bit 8 that of the second. */
  readonly startBit: number;
  /** 1 to 64; beyond 53 the last digits of a large value are lost, as in any double. */
  readonly bits: number;
  readonly byteOrder: "little" | "big";
}

/** Another field of the same message that must hold one of these values for the signal to be in it. */
export interface RawCondition extends RawField {
  /** From and to, both included; raw, unsigned. */
  readonly values: readonly (readonly number[])[];
}

/** One signal of a message that only its maker describes. */
export interface RawSignal extends RawField {
  /** Index that goes into the columns with every sample of this signal. */
  readonly index: number;
  readonly isSigned: boolean;
  /** IEEE 754, 32 or 64 bits. */
  readonly isFloat: boolean;
  readonly scale: number;
  readonly offset: number;
  readonly min: number;
  readonly max: number;
  /** How raw values at the top are to be read; `plain`: every one is a number. */
  readonly coding: SpnKind | "plain";
  readonly notAvailable: readonly number[];
  readonly error: readonly number[];
  /** All must hold; empty for a signal that is always there. */
  readonly conditions: readonly RawCondition[];
}

type Reader = (payload: Uint8Array, field: BitField) => number;

interface CompiledField {
  readonly read: Reader;
  /** The field, or its lower 32 bits. */
  readonly low: BitField;
  /** What a field longer than 32 bits has above. */
  readonly high: BitField | undefined;
  readonly neededBytes: number;
}

interface CompiledCondition extends CompiledField {
  readonly values: readonly (readonly number[])[];
}

/** A signal made ready for the hot path. */
export interface CompiledRaw extends CompiledField {
  readonly index: number;
  readonly bits: number;
  readonly isSigned: boolean;
  readonly isFloat: boolean;
  readonly scale: number;
  readonly offset: number;
  readonly min: number;
  readonly max: number;
  readonly limits: RawLimits | undefined;
  readonly notAvailable: readonly number[];
  readonly error: readonly number[];
  readonly conditions: readonly CompiledCondition[];
}

export function compileRaw(signal: RawSignal): CompiledRaw {
  const { index, bits, isSigned, isFloat, scale, offset, min, max, coding } = signal;
  return {
    ...compileField(signal),
    index,
    bits,
    isSigned,
    isFloat,
    scale,
    offset,
    min,
    max,
    limits: coding === "plain" ? undefined : rawLimits(coding, bits),
    notAvailable: signal.notAvailable,
    error: signal.error,
    conditions: signal.conditions.map((one) => ({ ...compileField(one), values: one.values })),
  };
}

function compileField({ startBit, bits, byteOrder }: RawField): CompiledField {
  const lowBits = Math.min(32, bits);
  const highBits = bits - lowBits;
  const isLittle = byteOrder === "little";
  // Counted from the most significant bit of the first byte, a big-endian field is a plain run of bits.
  const first = isLittle ? startBit : (startBit & ~7) + 7 - (startBit & 7);
  return {
    read: isLittle ? readBitsLe : readBitsBe,
    low: fieldAt(isLittle ? first : first + highBits, lowBits),
    high: highBits > 0 ? fieldAt(isLittle ? first + 32 : first, highBits) : undefined,
    neededBytes: (first + bits + 7) >>> 3,
  };
}

const fieldAt = (bit: number, bits: number): BitField => ({
  start: bit >>> 3,
  shift: bit & 7,
  bits,
});

/** What became of a signal in one message. */
export const RawOutcome = { read: 0, absent: 1, truncated: 2 } as const;
export type RawOutcome = (typeof RawOutcome)[keyof typeof RawOutcome];

/**
 * Appends one sample of `raw` to `into`, unless the message is too short for it or another field says that it is not
 * in this message. Allocates nothing and never throws: bad data is a quality, decided on the raw value before scaling.
 */
export function readRaw(
  raw: CompiledRaw,
  payload: Uint8Array,
  length: number,
  at: { readonly offsetNs: number; readonly into: SampleColumns },
): RawOutcome {
  const { conditions } = raw;
  for (let index = 0; index < conditions.length; index++) {
    const condition = conditions[index] as CompiledCondition;
    if (condition.neededBytes > length) return RawOutcome.truncated;
    if (!isAmong(condition.values, unsignedOf(condition, payload))) return RawOutcome.absent;
  }
  if (raw.neededBytes > length) return RawOutcome.truncated;
  const number = numberOf(raw, payload);
  const quality = qualityOf(raw, number);
  if (quality !== Quality.good) {
    at.into.push(raw.index, at.offsetNs, Number.NaN, quality);
    return RawOutcome.read;
  }
  const value = number * raw.scale + raw.offset;
  const isInRange = value >= raw.min && value <= raw.max;
  at.into.push(raw.index, at.offsetNs, value, isInRange ? Quality.good : Quality.outOfRange);
  return RawOutcome.read;
}

const unsignedOf = ({ read, low, high }: CompiledField, payload: Uint8Array): number =>
  high === undefined
    ? read(payload, low)
    : read(payload, high) * 4_294_967_296 + read(payload, low);

const scratch = new DataView(new ArrayBuffer(8));

function numberOf(raw: CompiledRaw, payload: Uint8Array): number {
  const { read, low, high, bits } = raw;
  const lower = read(payload, low);
  if (raw.isFloat) {
    if (high === undefined) {
      scratch.setUint32(0, lower);
      return scratch.getFloat32(0);
    }
    scratch.setUint32(0, read(payload, high));
    scratch.setUint32(4, lower);
    return scratch.getFloat64(0);
  }
  if (high === undefined)
    return raw.isSigned && lower >= 2 ** (bits - 1) ? lower - 2 ** bits : lower;
  // The sign first, and only in the upper part, so that -1 is not lost in rounding.
  const upper = read(payload, high);
  const isNegative = raw.isSigned && upper >= 2 ** (high.bits - 1);
  return (isNegative ? upper - 2 ** high.bits : upper) * 4_294_967_296 + lower;
}

function qualityOf({ limits, notAvailable, error }: CompiledRaw, number: number): Quality {
  if (!Number.isFinite(number)) return Quality.error;
  if (limits !== undefined && number >= limits.reserved) {
    if (number >= limits.notAvailable) return Quality.notAvailable;
    return number >= limits.error ? Quality.error : Quality.reserved;
  }
  for (let at = 0; at < notAvailable.length; at++)
    if (notAvailable[at] === number) return Quality.notAvailable;
  for (let at = 0; at < error.length; at++) if (error[at] === number) return Quality.error;
  return Quality.good;
}

function isAmong(ranges: readonly (readonly number[])[], value: number): boolean {
  for (let at = 0; at < ranges.length; at++) {
    const range = ranges[at] as readonly number[];
    if (value >= (range[0] as number) && value <= (range[1] as number)) return true;
  }
  return false;
}
