import type { ActiveCode } from "../bus-input.ts";

export const dm1Pgn = 65226;
export const dm2Pgn = 65227;

/** A trouble code as it is told. */
export interface ToldCode {
  readonly spn: number;
  readonly fmi: number;
  readonly occurrences: number;
}

/** Lamp bytes: two bits each, bit 0 protect, 2 amber warning, 4 red stop, 6 malfunction. @see SAE J1939-73, DM1 */
const lampShift = { protect: 0, amber: 2, red: 4, malfunction: 6 } as const;
/** @see SAE J1939-73: 00 slow, 01 fast, 11 does not flash */
const flashBits = { slow: 0, fast: 1 } as const;

/** The longest message that the transport protocol carries. @see SAE J1939-21 */
const longestMessage = 1785;
const mostCodes = Math.floor((longestMessage - 2) / 4);

/** 19 bits, 5 bits. */
const highestSpn = 0x7ffff;

/** The two lamp bytes of all codes that are active: a lamp is off, or on; it flashes if any of its codes wants it to. */
export function lampBytes(codes: readonly ActiveCode[]): readonly [number, number] {
  let lamps = 0;
  let flashes = 0xff;
  for (const { lamp = "amber", flash } of codes) {
    if (lamp === "none") continue;
    const shift = lampShift[lamp];
    lamps |= 1 << shift;
    if (flash === undefined) continue;
    // Fast is the more urgent.
    const isFast = ((flashes >>> shift) & 3) === flashBits.fast;
    const bits = isFast ? flashBits.fast : flashBits[flash];
    flashes = (flashes & ~(3 << shift)) | (bits << shift);
  }
  return [lamps, flashes];
}

/**
 * DM1, DM2 and others of their layout: 8 bytes for no code or one, else 2 and 4 for each, at most 445 codes. Conversion
 * bit 0: version 4.
 * @see SAE J1939-73, DM1; without a code four bytes 0 stand for it
 */
export function encodeCodes(
  [lamps, flashes]: readonly [number, number],
  codes: readonly ToldCode[],
): Uint8Array {
  const told = codes.slice(0, mostCodes);
  const bytes = new Uint8Array(told.length > 1 ? 2 + told.length * 4 : 8);
  bytes[0] = lamps;
  bytes[1] = flashes;
  if (told.length <= 1) bytes.fill(0xff, 6);
  for (const [index, { spn, fmi, occurrences }] of told.entries()) {
    const at = 2 + index * 4;
    const number = Math.min(spn, highestSpn);
    bytes[at] = number;
    bytes[at + 1] = number >>> 8;
    bytes[at + 2] = ((number >>> 16) << 5) | (fmi & 0x1f);
    bytes[at + 3] = occurrences & 0x7f;
  }
  return bytes;
}
