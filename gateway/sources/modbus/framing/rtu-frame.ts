import { exceptionFlag } from "./pdu.ts";

/** @see Modbus over serial line 1.02, 6.2.2: polynomial 0xA001, start 0xFFFF, low byte first on the line. */
export function crc16(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let crc = 0xffff;
  for (let at = from; at < to; at++)
    crc = (crc >>> 8) ^ (crcTable[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0);
  return crc;
}

const crcTable = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xa001 : crc >>> 1;
  return crc;
});

/** Unit, PDU, CRC: as it goes over the line. */
export function encodeRtu(unitId: number, pdu: Uint8Array): Uint8Array {
  const frame = new Uint8Array(pdu.length + 3);
  frame[0] = unitId;
  frame.set(pdu, 1);
  const crc = crc16(frame, 0, pdu.length + 1);
  frame[pdu.length + 1] = crc & 0xff;
  frame[pdu.length + 2] = crc >>> 8;
  return frame;
}

/** What became of the bytes since `expect`, for counters and for the person at the machine. */
export interface RtuCounts {
  /** Bytes that came in all, our own echo included. */
  bytes: number;
  /** Whole frames of the right shape whose CRC was wrong. */
  crcErrors: number;
  /** Our own request heard back. */
  echoes: number;
  /** Valid frames of another unit, function or length. */
  foreign: number;
}

const capacity = 1024;
const shortest = 5;

/**
 * Finds the answer to one request in what comes over the line. Adapters on USB cannot measure the silence between
 * frames, so a frame is told by its unit, function, expected length and CRC alone; what does not fit is passed over
 * byte by byte. Holds at most 1,024 bytes; never throws.
 */
export class RtuReceiver {
  readonly counts: RtuCounts = { bytes: 0, crcErrors: 0, echoes: 0, foreign: 0 };
  readonly #buffer = new Uint8Array(capacity);
  #length = 0;
  #start = 0;
  #request: Uint8Array = new Uint8Array(0);
  #dataBytes = 0;

  /** Forgets everything and waits for the answer to `request`, a whole frame, with so many data bytes. */
  expect(request: Uint8Array, dataBytes: number): void {
    this.#request = request;
    this.#dataBytes = dataBytes;
    this.#length = 0;
    this.#start = 0;
    Object.assign(this.counts, { bytes: 0, crcErrors: 0, echoes: 0, foreign: 0 });
  }

  /** Takes bytes as they come; the PDU of the answer once it is whole. It is only valid until the next call. */
  push(bytes: Uint8Array): Uint8Array | undefined {
    this.counts.bytes += bytes.length;
    for (let from = 0; from < bytes.length; from += 256) {
      this.#append(bytes.subarray(from, from + 256));
      const found = this.#scan();
      if (found) return found;
    }
    return undefined;
  }

  /**
   * The time is over: looks once more behind noise that seemed to begin a frame, and counts valid frames that are not
   * the answer.
   */
  finish(): Uint8Array | undefined {
    for (let at = this.#start; at < this.#length; at++) {
      const end = at + this.#lengthAt(at);
      if (end > at && end <= this.#length && this.#isValid(at, end))
        return this.#buffer.subarray(at + 1, end - 2);
    }
    for (let at = 0; at + shortest <= this.#length; at++) {
      const end = at + anyLength(this.#buffer, at);
      if (end > at && end <= this.#length && this.#isValid(at, end)) {
        this.counts.foreign++;
        at = end - 1;
      }
    }
    return undefined;
  }

  #append(bytes: Uint8Array): void {
    if (this.#length + bytes.length > capacity) {
      // What was passed over goes; a candidate is never longer than 260 bytes.
      this.#buffer.copyWithin(0, this.#start, this.#length);
      this.#length -= this.#start;
      this.#start = 0;
    }
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #scan(): Uint8Array | undefined {
    while (this.#start < this.#length) {
      const at = this.#start;
      if (this.#isEcho(at)) {
        this.counts.echoes++;
        this.#start += this.#request.length;
        continue;
      }
      const length = this.#lengthAt(at);
      if (length > this.#length - at) return undefined;
      if (length > 0 && this.#isValid(at, at + length)) {
        this.#start += length;
        return this.#buffer.subarray(at + 1, at + length - 2);
      }
      if (length > 0) this.counts.crcErrors++;
      this.#start++;
    }
    return undefined;
  }

  #isEcho(at: number): boolean {
    const { length } = this.#request;
    if (length === 0 || this.#length - at < length) return false;
    return this.#request.every((byte, offset) => this.#buffer[at + offset] === byte);
  }

  /** Length of the frame that may begin here, as far as its first bytes tell; 0: none does. */
  #lengthAt(at: number): number {
    const [unitId, code = 0] = this.#request;
    const available = this.#length - at;
    if (this.#buffer[at] !== unitId) return 0;
    if (available < 2) return shortest;
    if (this.#buffer[at + 1] === (code | exceptionFlag)) return shortest;
    if (this.#buffer[at + 1] !== code) return 0;
    if (available < 3) return shortest;
    if (this.#buffer[at + 2] === this.#dataBytes) return this.#dataBytes + shortest;
    // Perhaps the first bytes of our own request, heard back and not whole yet.
    const isEchoSoFar =
      available < this.#request.length &&
      this.#buffer
        .subarray(at, this.#length)
        .every((byte, offset) => byte === this.#request[offset]);
    return isEchoSoFar ? this.#request.length : 0;
  }

  #isValid(from: number, end: number): boolean {
    const crc = crc16(this.#buffer, from, end - 2);
    return this.#buffer[end - 2] === (crc & 0xff) && this.#buffer[end - 1] === crc >>> 8;
  }
}

/** Length of the answer of any unit to any read function that may begin here; 0: none does. */
function anyLength(buffer: Uint8Array, at: number): number {
  const code = buffer[at + 1] ?? 0;
  if (code >= 1 && code <= 4) return (buffer[at + 2] ?? 0) + shortest;
  return code > exceptionFlag && code <= exceptionFlag + 4 ? shortest : 0;
}
