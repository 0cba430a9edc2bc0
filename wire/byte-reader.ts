import { isUtf8 } from "node:buffer";
import { CodedError } from "@firebreak/kit/coded-error.ts";

/**
 * Reads untrusted bytes front to back, little-endian, variable-length integers as in protocol buffers.
 * Whatever does not fit throws CodedError with the code given; nothing is ever read or allocated beyond the bytes.
 */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #code: string;
  #at = 0;

  constructor(bytes: Uint8Array, code: string) {
    // A Buffer's subarrays are Buffers, whose slice() does not copy: hand on plain views only.
    this.#bytes = Buffer.isBuffer(bytes)
      ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
      : bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#code = code;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  fail(problem: string, cause?: unknown): never {
    throw new CodedError(this.#code, problem, { cause });
  }

  byte(): number {
    const value = this.#bytes[this.#at];
    if (value === undefined) return this.fail("ends too early");
    this.#at++;
    return value;
  }

  /** A whole number, 0 to 2^53 - 1; more is refused. */
  varint(): number {
    let value = this.byte();
    if (value < 0x80) return value;
    value &= 0x7f;
    for (let factor = 0x80; factor <= 2 ** 49; factor *= 0x80) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80)
        return value <= Number.MAX_SAFE_INTEGER ? value : this.fail("a number is too large");
    }
    return this.fail("a number is too large");
  }

  /** 64 bits without sign: a number while that is exact, otherwise a bigint. */
  varint64(): number | bigint {
    let low = 0;
    let high = 0n;
    for (let index = 0; index < 10; index++) {
      const byte = this.byte();
      if (index < 7) low += (byte & 0x7f) * 2 ** (7 * index);
      else high |= BigInt(byte & 0x7f) << BigInt(7 * index);
      if (byte < 0x80) return index < 7 ? low : joined(high, low);
    }
    return this.fail("a number is too large");
  }

  uint16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  int64(): bigint {
    return this.#view.getBigInt64(this.#advance(8), true);
  }

  float32(): number {
    return this.#view.getFloat32(this.#advance(4), true);
  }

  float64(): number {
    return this.#view.getFloat64(this.#advance(8), true);
  }

  /** A reader of the next `length` bytes only. */
  inside(length: number): ByteReader {
    return new ByteReader(this.take(length), this.#code);
  }

  /** A view of the next `length` bytes, not a copy. */
  take(length: number): Uint8Array {
    const start = this.#advance(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** The next `length` bytes as text; invalid UTF-8 is refused. */
  text(length: number): string {
    const bytes = this.take(length);
    if (!isUtf8(bytes)) return this.fail("a text is not UTF-8");
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
  }

  /** Steps over `count` bytes and returns where they start. */
  #advance(count: number): number {
    if (count > this.remaining) return this.fail("ends too early");
    const start = this.#at;
    this.#at += count;
    return start;
  }
}

function joined(high: bigint, low: number): number | bigint {
  const value = BigInt.asUintN(64, high | BigInt(low));
  return value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}
