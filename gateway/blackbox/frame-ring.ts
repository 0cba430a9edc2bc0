import type { RecordingFrame } from "../sources/can/recording-frame.ts";
import { piecesOf, type RawPiece } from "./raw-piece.ts";

/** time 8, identifier with flags 4, length 1, bus 1, data 8 */
const frameBytes = 22;
const extendedFlag = 0x8000_0000;
const remoteFlag = 0x4000_0000;
const errorFlag = 0x2000_0000;
const maxBuses = 64;
const hexDigits = "0123456789ABCDEF";

/** 180 kB, 40 s of a quiet bus. */
const chunkFrames = 8_192;

/** Some frames, one column after the other. */
interface Chunk {
  readonly timeUs: Float64Array;
  readonly id: Uint32Array;
  readonly length: Uint8Array;
  readonly bus: Uint8Array;
  readonly data: Uint8Array;
}

const newChunk = (frames: number): Chunk => ({
  timeUs: new Float64Array(frames),
  id: new Uint32Array(frames),
  length: new Uint8Array(frames),
  bus: new Uint8Array(frames),
  data: new Uint8Array(frames * 8),
});

/**
 * The newest frames of all buses of one machine, at full rate. Nothing is allocated per frame. A chunk of memory is
 * added, up to the bound, whenever a frame would have to go that is younger than what is to be kept. CAN FD frames have
 * no place here and are counted.
 */
export class FrameRing {
  readonly #maxCapacity: number;
  readonly #keepUs: number;
  /** All of `chunkFrames`, but for the last one at the bound. */
  readonly #chunks: Chunk[] = [];
  readonly #buses: string[] = [];
  #capacity = 0;
  /** Place of the next frame; those before it are the newest, those from it on the oldest. */
  #next = 0;
  #held = 0;
  #baseNs = 0n;
  #baseUs = 0;
  /** Frames ever put. */
  #count = 0;
  #leftOut = 0;

  /**
   * @param maxBytes all the memory it may take
   * @param keepSeconds frames of so long are kept where the memory allows; default: as many as it holds
   */
  constructor(maxBytes: number, keepSeconds = Number.POSITIVE_INFINITY) {
    this.#maxCapacity = Math.max(1, Math.floor(maxBytes / frameBytes));
    this.#keepUs = keepSeconds * 1e6;
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
    if (this.#next === this.#capacity) this.#goOn(timeUs);
    const chunk = this.#chunks[Math.floor(this.#next / chunkFrames)];
    if (chunk === undefined) return;
    const at = this.#next % chunkFrames;
    this.#next++;
    this.#count++;
    if (this.#held < this.#capacity) this.#held++;
    chunk.timeUs[at] = timeUs;
    chunk.id[at] =
      frame.canId +
      (frame.isExtended ? extendedFlag : 0) +
      (frame.isRemote ? remoteFlag : 0) +
      (frame.isError ? errorFlag : 0);
    chunk.length[at] = frame.length;
    chunk.bus[at] = bus;
    for (let byte = 0; byte < frame.length; byte++)
      chunk.data[at * 8 + byte] = frame.data[byte] ?? 0;
  }

  /** Time of the newest frame, microseconds since 1970; undefined before the first. */
  get newestUs(): number | undefined {
    if (this.#count === 0) return undefined;
    const place = this.#placeOf(this.#count - 1);
    return this.#chunks[Math.floor(place / chunkFrames)]?.timeUs[place % chunkFrames];
  }

  /** Frames from a time up to this call, oldest first, as lines of `candump -L`, so many in one piece. */
  candump(fromUs: number, linesPerPiece = 2_000): Generator<RawPiece> {
    return piecesOf(this.#lines(fromUs, this.#count), linesPerPiece);
  }

  *#lines(fromUs: number, end: number): Generator<{ us: number; text: string }> {
    for (let frame = end - this.#held; frame < end; frame++) {
      // Overwritten while the pieces before were written away.
      if (frame < this.#count - this.#held) continue;
      const place = this.#placeOf(frame);
      const chunk = this.#chunks[Math.floor(place / chunkFrames)];
      const at = place % chunkFrames;
      const us = chunk?.timeUs[at] ?? 0;
      if (chunk && us >= fromUs) yield { us, text: this.#line(chunk, at) };
    }
  }

  /** At the end of the memory: more of it, or from its start again, over the oldest. */
  #goOn(timeUs: number): void {
    const oldestUs = this.#chunks[0]?.timeUs[0] ?? Number.NEGATIVE_INFINITY;
    const isNeeded = this.#chunks.length === 0 || timeUs - oldestUs < this.#keepUs;
    if (isNeeded && this.#capacity < this.#maxCapacity) {
      const frames = Math.min(chunkFrames, this.#maxCapacity - this.#capacity);
      this.#chunks.push(newChunk(frames));
      this.#capacity += frames;
    } else this.#next = 0;
  }

  #placeOf = (frame: number): number =>
    (this.#next - (this.#count - frame) + this.#capacity) % this.#capacity;

  #busOf(name: string): number {
    const known = this.#buses.indexOf(name);
    if (known >= 0) return known;
    return this.#buses.length < maxBuses ? this.#buses.push(name) - 1 : -1;
  }

  #line(chunk: Chunk, at: number): string {
    const us = chunk.timeUs[at] ?? 0;
    const id = chunk.id[at] ?? 0;
    const isExtended = id >= extendedFlag;
    const isError = (id & errorFlag) !== 0;
    // candump writes an error frame with its flag, in eight digits.
    const shown = isError ? ((id & 0x1fff_ffff) | errorFlag) >>> 0 : id & 0x1fff_ffff;
    const width = isExtended || isError ? 8 : 3;
    const seconds = Math.floor(us / 1e6);
    const micros = String(us - seconds * 1e6).padStart(6, "0");
    const stamp = `${seconds}.${micros}`;
    const text = shown.toString(16).toUpperCase().padStart(width, "0");
    return `(${stamp}) ${this.#buses[chunk.bus[at] ?? 0]} ${text}#${this.#dataText(chunk, at, id)}\n`;
  }

  #dataText({ length: lengths, data }: Chunk, at: number, id: number): string {
    const length = lengths[at] ?? 0;
    if ((id & remoteFlag) !== 0) return length > 0 ? `R${length}` : "R";
    let text = "";
    for (let byte = 0; byte < length; byte++) {
      const value = data[at * 8 + byte] ?? 0;
      text += (hexDigits[value >> 4] ?? "") + (hexDigits[value & 15] ?? "");
    }
    return text;
  }
}
