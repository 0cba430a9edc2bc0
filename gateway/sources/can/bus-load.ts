import { bitsOfFrame } from "./frame-bits.ts";
import type { RecordingFrame } from "./recording-frame.ts";

/** Rates are means over so many whole seconds before the newest frame. */
const seconds = 10;
const nanosPerSecond = 1e9;

/** What one bus carries, by the times of its frames. */
export class BusLoad {
  frames = 0;
  errorFrames = 0;
  /** Nanoseconds since 1970; undefined before the first frame. */
  firstNs: bigint | undefined;
  #baseNs = 0n;
  #newestOffsetNs = 0;
  /** One slot a second, used in turn. */
  readonly #secondOf = new Float64Array(seconds + 1).fill(Number.NEGATIVE_INFINITY);
  readonly #framesOf = new Uint32Array(seconds + 1);
  readonly #bitsOf = new Float64Array(seconds + 1);
  #firstSecond = Number.POSITIVE_INFINITY;
  #second = Number.NEGATIVE_INFINITY;
  #slot = 0;

  /** Offsets of the following frames count from here. */
  restart(baseNs: bigint): void {
    this.#baseNs = baseNs;
    this.#secondOf.fill(Number.NEGATIVE_INFINITY);
    this.#firstSecond = Number.POSITIVE_INFINITY;
    this.#second = Number.NEGATIVE_INFINITY;
  }

  note(frame: RecordingFrame, offsetNs: number): void {
    this.frames++;
    if (frame.isError) this.errorFrames++;
    this.firstNs ??= this.#baseNs + BigInt(Math.round(offsetNs));
    this.#newestOffsetNs = offsetNs;
    const second = Math.floor(offsetNs / nanosPerSecond);
    if (second !== this.#second) this.#turnTo(second);
    this.#framesOf[this.#slot] = (this.#framesOf[this.#slot] ?? 0) + 1;
    this.#bitsOf[this.#slot] = (this.#bitsOf[this.#slot] ?? 0) + bitsOfFrame(frame);
  }

  get lastNs(): bigint | undefined {
    return this.firstNs === undefined
      ? undefined
      : this.#baseNs + BigInt(Math.round(this.#newestOffsetNs));
  }

  /** Frames and bit times per second; a live source gives the present time, so that silence counts too. */
  rates(nowNs?: bigint): { readonly framesPerSecond: number; readonly bitsPerSecond: number } {
    const nowOffsetNs = nowNs === undefined ? this.#newestOffsetNs : Number(nowNs - this.#baseNs);
    const present = Math.floor(nowOffsetNs / nanosPerSecond);
    const from = Math.max(present - seconds, this.#firstSecond);
    let [frames, bits] = [0, 0];
    for (const [slot, second] of this.#secondOf.entries())
      if (second >= from && second < present) {
        frames += this.#framesOf[slot] ?? 0;
        bits += this.#bitsOf[slot] ?? 0;
      }
    const span = Math.max(1, present - from);
    return Number.isFinite(span)
      ? { framesPerSecond: frames / span, bitsPerSecond: bits / span }
      : { framesPerSecond: 0, bitsPerSecond: 0 };
  }

  #turnTo(second: number): void {
    this.#second = second;
    this.#firstSecond = Math.min(this.#firstSecond, second);
    this.#slot = ((second % (seconds + 1)) + seconds + 1) % (seconds + 1);
    if (this.#secondOf[this.#slot] === second) return;
    this.#secondOf[this.#slot] = second;
    this.#framesOf[this.#slot] = 0;
    this.#bitsOf[this.#slot] = 0;
  }
}
