/** @see Modbus over serial line 1.02, 6.2.2: polynomial A001, start FFFF, the low byte first on the line */
export function checkSumOf(bytes: Uint8Array): number {
  let sum = 0xffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xa001 : sum >>> 1;
  }
  return sum;
}

/** Unit, PDU, check sum: as it goes over the line. */
export function rtuFrameOf(unitId: number, pdu: Uint8Array): Uint8Array {
  const frame = new Uint8Array(pdu.length + 3);
  frame[0] = unitId;
  frame.set(pdu, 1);
  const sum = checkSumOf(frame.subarray(0, pdu.length + 1));
  frame[pdu.length + 1] = sum & 0xff;
  frame[pdu.length + 2] = sum >>> 8;
  return frame;
}

export interface RtuRequest {
  readonly unitId: number;
  /** From the function code on. */
  readonly pdu: Uint8Array;
}

const shortest = 4;
const longest = 256;
/** Bytes of a frame whose last part has not come for so long are noise; engineering default, for USB adapters pause. */
const forgetMs = 50;

/**
 * Cuts what comes over a line into requests. A device tells a frame by the silence behind it, which a pseudo terminal does
 * not keep; so here by length and check sum, and what fits nothing is passed over byte by byte.
 */
export class RtuRequests {
  #rest = new Uint8Array(0);
  #lastMs = Number.NEGATIVE_INFINITY;

  /** The whole requests in what came. */
  push(bytes: Uint8Array, nowMs: number): RtuRequest[] {
    if (nowMs - this.#lastMs > forgetMs) this.#rest = new Uint8Array(0);
    this.#lastMs = nowMs;
    const all = Buffer.concat([this.#rest, bytes]);
    const found: RtuRequest[] = [];
    let from = 0;
    while (all.length - from >= shortest) {
      const length = lengthAt(all, from);
      const frame = all.subarray(from, from + length);
      if (length > all.length - from) break;
      if (checkSumOf(frame.subarray(0, -2)) === frame.readUInt16LE(length - 2)) {
        found.push({ unitId: frame[0] ?? 0, pdu: Uint8Array.from(frame.subarray(1, -2)) });
        from += length;
      } else from++;
    }
    this.#rest = Uint8Array.from(all.subarray(Math.max(from, all.length - longest)));
    return found;
  }
}

/** Of the request that may begin here. @see Modbus application protocol 1.1b3, 6: 15 and 16 tell their length */
function lengthAt(bytes: Uint8Array, from: number): number {
  const code = bytes[from + 1] ?? 0;
  if (code === 15 || code === 16) return 9 + (bytes[from + 6] ?? 0);
  // Reads and single writes; others are short, and refused.
  return code >= 1 && code <= 6 ? 8 : shortest;
}
