/** Where a field lies. */
export interface FieldPlace {
  /**
   * little: the field's lowest bit, counted from the lowest of byte 0. big: its highest bit, counted from the highest of
   * byte 0.
   */
  readonly firstBit: number;
  /** 1 to 64. */
  readonly bits: number;
  readonly isBig: boolean;
}

const twoTo32 = 2 ** 32;

/** Writes the lowest `bits` (up to 32) of `raw`, which is not negative, least significant bit at `firstBit`. */
function writeLittle(payload: Uint8Array, firstBit: number, bits: number, raw: number): void {
  let rest = raw;
  for (let done = 0; done < bits; ) {
    const at = (firstBit + done) >>> 3;
    const shift = (firstBit + done) & 7;
    const count = Math.min(8 - shift, bits - done);
    putBits(payload, at, shift, count, rest % 256);
    rest = Math.floor(rest / 2 ** count);
    done += count;
  }
}

/** The same with the most significant bit at `firstBit`, counted from the highest bit of byte 0. */
function writeBig(payload: Uint8Array, firstBit: number, bits: number, raw: number): void {
  let rest = raw;
  for (let left = bits; left > 0; ) {
    const last = firstBit + left - 1;
    const shift = 7 - (last & 7);
    const count = Math.min(8 - shift, left);
    putBits(payload, last >>> 3, shift, count, rest % 256);
    rest = Math.floor(rest / 2 ** count);
    left -= count;
  }
}

function putBits(payload: Uint8Array, at: number, shift: number, count: number, raw: number): void {
  const mask = ((1 << count) - 1) << shift;
  payload[at] = ((payload[at] ?? 0) & ~mask) | ((raw << shift) & mask);
}

/**
 * Writes a field of up to 64 bits as its upper and lower 32; what lies beside it stays. `low` and `high` are not
 * negative.
 */
export function writeField(
  payload: Uint8Array,
  { firstBit, bits, isBig }: FieldPlace,
  low: number,
  high: number,
): void {
  const lowBits = Math.min(32, bits);
  const highBits = bits - lowBits;
  if (isBig) {
    writeBig(payload, firstBit + highBits, lowBits, low);
    if (highBits > 0) writeBig(payload, firstBit, highBits, high);
    return;
  }
  writeLittle(payload, firstBit, lowBits, low);
  if (highBits > 0) writeLittle(payload, firstBit + 32, highBits, high);
}

/** The lower 32 bits of an integer in two's complement. */
export const lowOf = (raw: number): number => ((raw % twoTo32) + twoTo32) % twoTo32;

/** What is above them, again as 32 bits. */
export const highOf = (raw: number): number => lowOf(Math.floor(raw / twoTo32));
