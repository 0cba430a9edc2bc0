import type { CanFrame } from "../can/can-frame.ts";

/** A line is at most 32 bytes of stamp and identifier, 16 of data, and its bus. */
const longestLine = 128;

const hexDigits = Buffer.from("0123456789ABCDEF", "latin1");
const CLOSE = 0x29;
const SPACE = 0x20;
const HASH = 0x23;
const NEWLINE = 0x0a;
const ZERO = 0x30;

/**
 * Lines as `candump -L` writes them, `(seconds.micros) bus id#data`, gathered in one buffer. No strings on the way: a line
 * takes a fraction of a microsecond.
 */
export class CandumpText {
  #bytes = Buffer.allocUnsafe(64 * 1024);
  #length = 0;
  #second = -1;
  #secondText = Buffer.alloc(0);
  readonly #names = new Map<string, Buffer>();

  get length(): number {
    return this.#length;
  }

  /** What was written since `clear`; only valid until the next call. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  /** @param stampMs milliseconds since 1970 */
  append(bus: string, { canId, isExtended, length, data }: CanFrame, stampMs: number): void {
    if (this.#length + longestLine > this.#bytes.length) this.#grow();
    const bytes = this.#bytes;
    let at = this.#stamp(this.#length, Math.round(stampMs * 1_000));
    const name = this.#names.get(bus) ?? this.#nameOf(bus);
    bytes.set(name, at);
    at += name.length;
    for (let shift = isExtended ? 28 : 8; shift >= 0; shift -= 4)
      bytes[at++] = hexDigits[(canId >>> shift) & 0xf] ?? 0;
    bytes[at++] = HASH;
    for (let index = 0; index < length; index++) {
      const byte = data[index] ?? 0;
      bytes[at++] = hexDigits[byte >>> 4] ?? 0;
      bytes[at++] = hexDigits[byte & 0xf] ?? 0;
    }
    bytes[at++] = NEWLINE;
    this.#length = at;
  }

  /** `(1700000000.123456) `; the seconds are only written anew when they change. */
  #stamp(from: number, micros: number): number {
    const bytes = this.#bytes;
    const second = Math.floor(micros / 1e6);
    if (second !== this.#second) {
      this.#second = second;
      this.#secondText = Buffer.from(`(${second}.`, "latin1");
    }
    bytes.set(this.#secondText, from);
    let at = from + this.#secondText.length + 6;
    let rest = micros - second * 1e6;
    for (let digit = 1; digit <= 6; digit++) {
      bytes[at - digit] = ZERO + (rest % 10);
      rest = Math.floor(rest / 10);
    }
    bytes[at++] = CLOSE;
    bytes[at++] = SPACE;
    return at;
  }

  #nameOf(bus: string): Buffer {
    const name = Buffer.from(`${bus} `, "latin1");
    this.#names.set(bus, name);
    return name;
  }

  #grow(): void {
    const larger = Buffer.allocUnsafe(this.#bytes.length * 2);
    larger.set(this.bytes);
    this.#bytes = larger;
  }
}
