import { piecesOf, type RawPiece } from "./raw-piece.ts";

/** time 8, bus 1, direction 1, length 2 */
const headBytes = 12;
const maxAduBytes = 300;
const maxBuses = 64;
const nsPerSecond = 1_000_000_000n;

/** Who spoke: the gateway asked, or a device answered. */
export type Direction = "request" | "reply";

/**
 * The newest Modbus requests and replies of one machine, as they went over the wire, in memory of a fixed size.
 * A record is never split: what does not fit before the end begins anew at the start.
 */
export class ExchangeRing {
  readonly #bytes: Buffer;
  readonly #buses: string[] = [];
  /** Places of the records that are still whole, oldest first; a ring of its own. */
  readonly #places: Uint32Array;
  #count = 0;
  #oldest = 0;
  #next = 0;
  #newestUs: number | undefined;
  #leftOut = 0;

  /** @param maxBytes memory for the records; their places take half as much again */
  constructor(maxBytes: number) {
    this.#bytes = Buffer.alloc(Math.max(headBytes + maxAduBytes, maxBytes));
    this.#places = new Uint32Array(Math.ceil(this.#bytes.length / 8));
  }

  get count(): number {
    return this.#count;
  }

  get leftOut(): number {
    return this.#leftOut;
  }

  get newestUs(): number | undefined {
    return this.#newestUs;
  }

  put(bus: string, direction: Direction, adu: Uint8Array, timeNs: bigint): void {
    const number = this.#busOf(bus);
    if (number < 0 || adu.length > maxAduBytes) {
      this.#leftOut++;
      return;
    }
    const size = headBytes + adu.length;
    const isAtStart = this.#next + size > this.#bytes.length;
    const at = isAtStart ? 0 : this.#next;
    this.#free(isAtStart ? this.#bytes.length : at, isAtStart ? this.#next : at);
    this.#free(at + size, at);
    this.#bytes.writeBigInt64LE(timeNs, at);
    this.#bytes[at + 8] = number;
    this.#bytes[at + 9] = direction === "request" ? 0 : 1;
    this.#bytes.writeUInt16LE(adu.length, at + 10);
    this.#bytes.set(adu, at + headBytes);
    this.#places[this.#count++ % this.#places.length] = at;
    this.#next = at + size;
    this.#newestUs = Number(timeNs / 1_000n);
  }

  /**
   * Records from a time up to this call, oldest first, so many in one piece; what is overwritten before its piece is
   * asked for is left out. A line is
   * `(seconds.nanoseconds) bus > hex` for a request, `<` for a reply, the whole ADU with its check sum or header.
   */
  lines(fromUs: number, linesPerPiece = 2_000): Generator<RawPiece> {
    return piecesOf(this.#lines(fromUs, this.#count), linesPerPiece);
  }

  *#lines(fromUs: number, end: number): Generator<{ us: number; text: string }> {
    for (let record = this.#oldest; record < end; record++) {
      // Overwritten while the pieces before were written away.
      if (record < this.#oldest) continue;
      const at = this.#places[record % this.#places.length] ?? 0;
      const ns = this.#bytes.readBigInt64LE(at);
      const us = Number(ns / 1_000n);
      if (us >= fromUs) yield { us, text: this.#line(at, ns) };
    }
  }

  #line(at: number, ns: bigint): string {
    const seconds = ns / nsPerSecond;
    const nanos = String(ns % nsPerSecond).padStart(9, "0");
    const length = this.#bytes.readUInt16LE(at + 10);
    const hex = this.#bytes.toString("hex", at + headBytes, at + headBytes + length);
    const mark = this.#bytes[at + 9] === 0 ? ">" : "<";
    return `(${seconds}.${nanos}) ${this.#buses[this.#bytes[at + 8] ?? 0]} ${mark} ${hex.toUpperCase()}\n`;
  }

  /** Forgets the oldest records that lie between these places. */
  #free(end: number, begin: number): void {
    while (this.#oldest < this.#count) {
      const at = this.#places[this.#oldest % this.#places.length] ?? 0;
      if (at < begin || at >= end) return;
      this.#oldest++;
    }
  }

  #busOf(name: string): number {
    const known = this.#buses.indexOf(name);
    if (known >= 0) return known;
    return this.#buses.length < maxBuses ? this.#buses.push(name) - 1 : -1;
  }
}
