/** Where an unsigned field lies; for what `start` and `shift` count see the two readers. */
export interface BitField {
  /** 0-based byte. */
  readonly start: number;
  readonly shift: number;
  /** 1 to 53. */
  readonly bits: number;
}

/**
 * An unsigned little-endian (Intel) field of up to 53 bits that starts at bit `shift` (0 = least significant) of byte
 * `start` (0-based). The caller has checked that every byte of the field is there.
 */
export function readBitsLe(payload: Uint8Array, { start, shift, bits }: BitField): number {
  const bytes = (shift + bits + 7) >>> 3;
  // Arithmetic instead of bit operators where more than 31 bits are at stake.
  if (bytes > 3) return wideField(payload, start, shift, bits);
  let raw = payload[start] ?? 0;
  if (bytes > 1) raw |= (payload[start + 1] ?? 0) << 8;
  if (bytes > 2) raw |= (payload[start + 2] ?? 0) << 16;
  return (raw >>> shift) & ((1 << bits) - 1);
}

function wideField(payload: Uint8Array, start: number, shift: number, bits: number): number {
  let raw = (payload[start] ?? 0) >>> shift;
  let have = 8 - shift;
  for (let at = start + 1; have < bits; at++, have += 8) {
    const wanted = Math.min(8, bits - have);
    raw += ((payload[at] ?? 0) & (0xff >>> (8 - wanted))) * 2 ** have;
  }
  return raw;
}

/**
 * An unsigned big-endian (Motorola) field of up to 53 bits that starts `shift` bits below the most significant bit of
 * byte `start` and goes on at the most significant bit of the next byte. The caller has checked that every byte is there.
 */
export function readBitsBe(payload: Uint8Array, { start, shift, bits }: BitField): number {
  let raw = (payload[start] ?? 0) & (0xff >>> shift);
  let have = 8 - shift;
  if (bits <= have) return raw >>> (have - bits);
  for (let at = start + 1; have < bits; at++) {
    const wanted = Math.min(8, bits - have);
    raw = raw * 2 ** wanted + ((payload[at] ?? 0) >>> (8 - wanted));
    have += wanted;
  }
  return raw;
}
