import type { RecordingFrame } from "../sources/can/recording-frame.ts";
import { piecesOf, type RawPiece } from "./raw-piece.ts";

/** time 8, identifier with flags 4, length 1, bus 1, data 8 */
const frameBytes = 22;
const extendedFlag = 0x8000_0000;
const remoteFlag = 0x4000_0000;
const errorFlag = 0x2000_0000;
const maxBuses = 64;
const hexDigits = "0123456789ABCDEF";

/** What a quiet bus fills in a minute. */
const firstCapacity = 16_384;
const growth = 1.25;

/**
 * The newest frames of all buses of one machine, at full rate. Nothing is allocated per frame. The memory grows, up to
 * its bound, whenever a frame would have to go that is younger than what is to be kept. CAN FD frames have no place here
 * and are counted.
 */
export class FrameRing {
  readonly #maxCapacity: number;
  readonly #keepUs: number;
  #capacity: number;
  #timeUs: Float64Array;
  #id: Uint32Array;
  #length: Uint8Array;
  #bus: Uint8Array;
  #data: Uint8Array;
  readonly #buses: string[] = [];
  #baseNs = 0n;
  #baseUs = 0;
  /** Frames ever put; the next one goes to this place modulo the capacity. */
  #count = 0;
  #leftOut = 0;

  /**
   * @param maxBytes all the memory it may take
   * @param keepSeconds frames of so long are kept where the memory allows; default: as many as it holds
   */
  constructor(maxBytes: number, keepSeconds = Number.POSITIVE_INFINITY) {
    this.#maxCapacity = Math.max(1, Math.floor(maxBytes / frameBytes));
    this.#keepUs = keepSeconds * 1e6;
    this.#capacity = Math.min(firstCapacity, this.#maxCapacity);
    this.#timeUs = new Float64Array(this.#capacity);
    this.#id = new Uint32Array(this.#capacity);
    this.#length = new Uint8Array(this.#capacity);
    this.#bus = new Uint8Array(this.#capacity);
    this.#data = new Uint8Array(this.#capacity * 8);
  }

  /** So many of the newest frames have a place now. */
  get capacity(): number {
    return this.#capacity;
  }
  /** Frames that it could not hold: CAN FD, or of too many buses. */
  get leftOut(): number {
    return this.#leftOut;
  }
  /** Frames ever put. */
  get count(): number {
    return this.#count;
  }

  /** `offsetNs` from `baseNs`, nanoseconds since 1970. */
  put(frame: RecordingFrame, offsetNs: number, baseNs: bigint): void {
    if (baseNs !== this.#baseNs) {
      this.#baseNs = baseNs;
      this.#baseUs = Number(baseNs / 1_000n);
    }
    const bus = this.#busOf(frame.bus);
    if (frame.isFd || frame.length > 8 || bus < 0) {
      this.#leftOut++;
      return;
    }
    const timeUs = this.#baseUs + Math.floor(offsetNs / 1_000);
    if (this.#count >= this.#capacity && this.#capacity < this.#maxCapacity) {
      const oldestUs = this.#timeUs[this.#count % this.#capacity] ?? 0;
      if (timeUs - oldestUs < this.#keepUs) this.#grow();
    }
    const at = this.#count++ % this.#capacity;
    this.#timeUs[at] = timeUs;
    this.#id[at] =
      frame.canId +
      (frame.isExtended ? extendedFlag : 0) +
      (frame.isRemote ? remoteFlag : 0) +
      (frame.isError ? errorFlag : 0);
    this.#length[at] = frame.length;
    this.#bus[at] = bus;
    for (let byte = 0; byte < frame.length; byte++)
      this.#data[at * 8 + byte] = frame.data[byte] ?? 0;
  }

  /** Time of the newest frame, microseconds since 1970; undefined before the first. */
  get newestUs(): number | undefined {
    return this.#count === 0 ? undefined : this.#timeUs[(this.#count - 1) % this.capacity];
  }

  /** Frames from a time up to this call, oldest first, as lines of `candump -L`, so many in one piece. */
  candump(fromUs: number, linesPerPiece = 2_000): Generator<RawPiece> {
    return piecesOf(this.#lines(fromUs, this.#count), linesPerPiece);
  }

  *#lines(fromUs: number, end: number): Generator<{ us: number; text: string }> {
    for (let frame = Math.max(0, end - this.capacity); frame < end; frame++) {
      // Overwritten while the pieces before were written away.
      if (frame < this.#count - this.capacity) continue;
      const at = frame % this.capacity;
      const us = this.#timeUs[at] ?? 0;
      if (us >= fromUs) yield { us, text: this.#line(at) };
    }
  }

  #grow(): void {
    const before = this.#capacity;
    const capacity = Math.min(this.#maxCapacity, Math.ceil(before * growth));
    const [timeUs, id, data] = [this.#timeUs, this.#id, this.#data];
    const [length, bus] = [this.#length, this.#bus];
    this.#capacity = capacity;
    this.#timeUs = new Float64Array(capacity);
    this.#id = new Uint32Array(capacity);
    this.#length = new Uint8Array(capacity);
    this.#bus = new Uint8Array(capacity);
    this.#data = new Uint8Array(capacity * 8);
    for (let frame = Math.max(0, this.#count - before); frame < this.#count; frame++) {
      const [from, to] = [frame % before, frame % capacity];
      this.#timeUs[to] = timeUs[from] ?? 0;
      this.#id[to] = id[from] ?? 0;
      this.#length[to] = length[from] ?? 0;
      this.#bus[to] = bus[from] ?? 0;
      for (let byte = 0; byte < 8; byte++) this.#data[to * 8 + byte] = data[from * 8 + byte] ?? 0;
    }
  }

  #busOf(name: string): number {
    const known = this.#buses.indexOf(name);
    if (known >= 0) return known;
    return this.#buses.length < maxBuses ? this.#buses.push(name) - 1 : -1;
  }

  #line(at: number): string {
    const us = this.#timeUs[at] ?? 0;
    const id = this.#id[at] ?? 0;
    const isExtended = id >= extendedFlag;
    const isError = (id & errorFlag) !== 0;
    // candump writes an error frame with its flag, in eight digits.
    const shown = isError ? ((id & 0x1fff_ffff) | errorFlag) >>> 0 : id & 0x1fff_ffff;
    const width = isExtended || isError ? 8 : 3;
    const seconds = Math.floor(us / 1e6);
    const micros = String(us - seconds * 1e6).padStart(6, "0");
    const stamp = `${seconds}.${micros}`;
    const text = shown.toString(16).toUpperCase().padStart(width, "0");
    return `(${stamp}) ${this.#buses[this.#bus[at] ?? 0]} ${text}#${this.#dataText(at, id)}\n`;
  }

  #dataText(at: number, id: number): string {
    const length = this.#length[at] ?? 0;
    if ((id & remoteFlag) !== 0) return length > 0 ? `R${length}` : "R";
    let text = "";
    for (let byte = 0; byte < length; byte++) {
      const value = this.#data[at * 8 + byte] ?? 0;
      text += (hexDigits[value >> 4] ?? "") + (hexDigits[value & 15] ?? "");
    }
    return text;
  }
}
