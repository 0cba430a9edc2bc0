import type { Signal } from "@firebreak/plans/plan-schema.ts";

type Coding = NonNullable<Signal["j1939"]>["coding"] | "plain";

/** How the values of one signal become raw numbers. */
export interface SignalCoding {
  readonly scale: number;
  readonly offset: number;
  /** Raw numbers that are values. */
  readonly lowest: number;
  readonly highest: number;
  /** Absent: there is no way to say so. */
  readonly notAvailable?: number;
  readonly error?: number;
  /** Between lowest and highest, but no values. */
  readonly reserved: readonly number[];
  readonly isFloat: boolean;
}

/** A field as plans describe it, whichever way. */
export interface CodedField {
  readonly bits: number;
  readonly coding: Coding;
  readonly isSigned?: boolean;
  readonly isFloat?: boolean;
  readonly notAvailable?: readonly number[];
  readonly error?: readonly number[];
}

/**
 * The highest value and the codes above it.
 * @see SAE J1939-71, transmitted signal ranges: FA and below in the top eight bits are values, FE error, FF not
 * available; 10 bits end at 3FA; states have error and not available at the top; an address has only not available
 */
function topOf(coding: Exclude<Coding, "plain">, bits: number) {
  const all = 2 ** bits - 1;
  if (bits === 1) return { highest: all };
  if (coding === "address") return { highest: all - 1, notAvailable: all };
  if (coding === "state" || bits < 4)
    return { highest: all - 2, error: all - 1, notAvailable: all };
  const step = bits >= 8 && bits % 4 === 0 ? 2 ** (bits - 8) : 1;
  return { highest: all - 5 * step, error: all + 1 - 2 * step, notAvailable: all };
}

function plainOf({ bits, isSigned = false, isFloat = false }: CodedField) {
  if (isFloat) return { lowest: -Number.MAX_VALUE, highest: Number.MAX_VALUE };
  // Beyond 53 bits a number is rounded; the highest one that is below 2^64 must not become 2^64.
  const span = 2 ** (isSigned ? bits - 1 : bits);
  return { lowest: isSigned ? -span : 0, highest: bits > 53 ? span - 2 ** (bits - 53) : span - 1 };
}

export function codingOf(signal: Signal, field: CodedField): SignalCoding {
  const { scale, offset } = signal;
  const { coding, bits, isFloat = false } = field;
  if (coding !== "plain")
    return { scale, offset, lowest: 0, ...topOf(coding, bits), reserved: [], isFloat };
  const [notAvailable] = field.notAvailable ?? [];
  const [error] = field.error ?? [];
  return {
    scale,
    offset,
    ...plainOf(field),
    ...(notAvailable === undefined ? {} : { notAvailable }),
    ...(error === undefined ? {} : { error }),
    reserved: [...(field.notAvailable ?? []), ...(field.error ?? [])],
    isFloat,
  };
}

/**
 * The raw number for a value; undefined where it cannot be told, so that what was there stays. A value beyond what can be
 * told becomes the nearest that can.
 */
export function rawOf(coding: SignalCoding, value: number | null | undefined): number | undefined {
  if (value === null || value === undefined) return coding.notAvailable;
  if (Number.isNaN(value)) return errorOf(coding);
  const exact = (value - coding.offset) / coding.scale;
  const raw = Math.min(
    coding.highest,
    Math.max(coding.lowest, coding.isFloat ? exact : Math.round(exact)),
  );
  return coding.reserved.length === 0 ? raw : besides(coding, raw);
}

/** A float that is no number says by itself that something is wrong. */
const errorOf = ({ error, notAvailable, isFloat }: SignalCoding): number | undefined =>
  error ?? notAvailable ?? (isFloat ? Number.NaN : undefined);

/** The nearest number towards zero that is no code. */
function besides({ reserved }: SignalCoding, raw: number): number {
  let free = raw;
  while (reserved.includes(free)) free += free > 0 ? -1 : 1;
  return free;
}
