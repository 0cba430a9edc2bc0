import type { Position } from "./register-image.ts";

type Type = Position["type"];

/** A raw number; beyond 53 bits only codes at the top of a type are exact, and those are bigints. */
export type Raw = number | bigint;

interface Integer {
  readonly bits: number;
  readonly isSigned: boolean;
}

const integers: Readonly<Partial<Record<Type, Integer>>> = {
  bool: { bits: 16, isSigned: false },
  uint16: { bits: 16, isSigned: false },
  int16: { bits: 16, isSigned: true },
  uint32: { bits: 32, isSigned: false },
  int32: { bits: 32, isSigned: true },
  uint64: { bits: 64, isSigned: false },
  int64: { bits: 64, isSigned: true },
};

/** Undefined for the two types of floats. */
export const integerOf = (type: Type): Integer | undefined => integers[type];

/** The highest that is still below 2^63 or 2^64 as a double. */
const doubleStep = 4096n;

const highestOf = ({ bits, isSigned }: Integer): bigint =>
  2n ** BigInt(isSigned ? bits - 1 : bits) - 1n;
const lowestOf = ({ bits, isSigned }: Integer): bigint =>
  isSigned ? -(2n ** BigInt(bits - 1)) : 0n;

type Meaning = NonNullable<Position["topCodes"]>[number];

/** The raw number that says `meaning` in this register; undefined if none does. */
export function codeFor(position: Position, meaning: Meaning): Raw | undefined {
  const { type, topCodes = [], bit } = position;
  const listed = {
    "not-available": position.notAvailable,
    error: position.error,
    "out-of-range": position.outOfRange,
    reserved: undefined,
  }[meaning]?.[0];
  if (listed !== undefined) return listed;
  const integer = integerOf(type);
  const below = topCodes.indexOf(meaning);
  if (integer === undefined || below < 0 || bit !== undefined) return undefined;
  return highestOf(integer) - BigInt(below);
}

/**
 * The raw number for a measured one: rounded, and the nearest that is a value. `isBeyond`: the type cannot hold it.
 */
export function nearest(
  position: Position,
  exact: number,
): { readonly raw: number; readonly isBeyond: boolean } {
  const integer = integerOf(position.type);
  if (integer === undefined) return { raw: exact, isBeyond: false };
  const { bit, bits = 1, topCodes = [] } = position;
  const top = integer.bits === 64 ? highestOf(integer) - doubleStep : highestOf(integer);
  const highest = bit === undefined ? Number(top) - topCodes.length : 2 ** bits - 1;
  const lowest = bit === undefined ? Number(lowestOf(integer)) : 0;
  const rounded = Math.round(exact);
  let raw = Math.min(highest, Math.max(lowest, rounded));
  const codes = [position.notAvailable, position.error, position.outOfRange].flatMap(
    (list) => list ?? [],
  );
  while (codes.includes(raw)) raw += raw > 0 ? -1 : 1;
  return { raw, isBeyond: rounded > highest || rounded < lowest };
}

const scratch = new DataView(new ArrayBuffer(8));

/** Registers that a value takes. */
export function widthOf(type: Type): number {
  if (type === "float64") return 4;
  if (type === "float32") return 2;
  return (integerOf(type)?.bits ?? 16) / 16;
}

/**
 * The words of a value in the order of their addresses. Within a word the high byte comes first unless the device is of
 * another mind; of a longer value the high word.
 * @see Modbus application protocol 1.1b3, 4.2
 */
export function wordsOf(position: Position, raw: Raw): number[] {
  const { type, wordOrder, byteOrder } = position;
  if (type === "float32") scratch.setFloat32(0, Number(raw));
  else if (type === "float64") scratch.setFloat64(0, Number(raw));
  else {
    const { bits = 16 } = integerOf(type) ?? {};
    if (bits === 16) scratch.setUint16(0, Number(raw));
    else if (bits === 32) scratch.setUint32(0, Number(raw));
    else scratch.setBigUint64(0, BigInt.asUintN(64, BigInt(raw)));
  }
  const words = Array.from({ length: widthOf(type) }, (_, at) =>
    scratch.getUint16(at * 2, byteOrder === "little"),
  );
  return wordOrder === "little" ? words.reverse() : words;
}
