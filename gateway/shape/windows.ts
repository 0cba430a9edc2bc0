import { Quality } from "@firebreak/wire/quality.ts";

/** One signal of which only windows go on. The numbers are indexes in the dictionary. */
export interface WindowedSignal {
  readonly signal: number;
  readonly windowMs: number;
  readonly min: number;
  readonly max: number;
  readonly count: number;
}

/** Takes one row that goes on; `offsetNs` counts from the base that was set last. */
export type EmitRow = (signal: number, offsetNs: number, value: number, quality: Quality) => void;

const none = -1;
/** A window whose end no sample shows is closed by the clock so much later. */
const graceMs = 1_000;

/**
 * Mean, least, greatest and number of the good samples of each window, for signals that are read faster than anybody
 * needs them. Windows lie on multiples of their length since 1970. A window's rows carry the stamp of its last sample.
 * What is not good ends the window and goes on itself, once per window. Allocates nothing per sample.
 */
export class Windows {
  readonly #signals: readonly WindowedSignal[];
  readonly #emit: EmitRow;
  readonly #nowMs: () => number;
  /** Place among the signals by index in the dictionary. */
  readonly #placeOf = new Map<number, number>();
  readonly #sum: Float64Array;
  readonly #min: Float64Array;
  readonly #max: Float64Array;
  readonly #count: Uint32Array;
  /** Number of the window since 1970. */
  readonly #window: Float64Array;
  readonly #lastNs: Float64Array;
  readonly #openedMs: Float64Array;
  readonly #quality: Uint8Array;
  #baseNs = 0n;
  #baseMs = 0;
  #suppressed = 0;

  constructor(signals: readonly WindowedSignal[], nowMs: () => number, emit: EmitRow) {
    this.#signals = signals;
    this.#nowMs = nowMs;
    this.#emit = emit;
    for (const [place, { signal }] of signals.entries()) this.#placeOf.set(signal, place);
    const count = signals.length;
    this.#sum = new Float64Array(count);
    this.#min = new Float64Array(count);
    this.#max = new Float64Array(count);
    this.#count = new Uint32Array(count);
    this.#window = new Float64Array(count).fill(Number.NaN);
    this.#lastNs = new Float64Array(count);
    this.#openedMs = new Float64Array(count);
    this.#quality = new Uint8Array(count).fill(0xff);
  }

  /** Samples that went into a window or were repeated bad ones. */
  get suppressed(): number {
    return this.#suppressed;
  }

  takes(signal: number): boolean {
    return this.#placeOf.has(signal);
  }

  rebase(baseNs: bigint): void {
    const shift = Number(this.#baseNs - baseNs);
    for (let at = 0; at < this.#lastNs.length; at++)
      this.#lastNs[at] = (this.#lastNs[at] ?? 0) + shift;
    this.#baseNs = baseNs;
    this.#baseMs = Number(baseNs / 1_000n) / 1_000;
  }

  take(signal: number, offsetNs: number, value: number, quality: Quality): void {
    const place = this.#placeOf.get(signal) ?? none;
    const { windowMs = 1 } = this.#signals[place] ?? {};
    const window = Math.floor((this.#baseMs + offsetNs / 1e6) / windowMs);
    const isNewWindow = window !== this.#window[place];
    if (isNewWindow) this.#close(place);
    if (quality === Quality.good) this.#add(place, offsetNs, value);
    else if (isNewWindow || quality !== this.#quality[place]) {
      this.#close(place);
      this.#emit(signal, offsetNs, Number.NaN, quality);
    } else this.#suppressed++;
    this.#quality[place] = quality;
    this.#window[place] = window;
  }

  /** Closes windows that nothing has ended for too long. */
  tick(): void {
    for (const [place, { windowMs }] of this.#signals.entries()) {
      const ageMs = this.#nowMs() - (this.#openedMs[place] ?? 0);
      if ((this.#count[place] ?? 0) > 0 && ageMs >= windowMs + graceMs) this.#close(place);
    }
  }

  /** Closes every window. */
  close(): void {
    for (const place of this.#signals.keys()) this.#close(place);
  }

  #add(place: number, offsetNs: number, value: number): void {
    const count = this.#count[place] ?? 0;
    if (count === 0) {
      this.#sum[place] = 0;
      this.#min[place] = value;
      this.#max[place] = value;
      this.#openedMs[place] = this.#nowMs();
    }
    this.#sum[place] = (this.#sum[place] ?? 0) + value;
    if (value < (this.#min[place] ?? 0)) this.#min[place] = value;
    if (value > (this.#max[place] ?? 0)) this.#max[place] = value;
    this.#count[place] = count + 1;
    this.#lastNs[place] = offsetNs;
    this.#suppressed++;
  }

  #close(place: number): void {
    const count = this.#count[place] ?? 0;
    const of = this.#signals[place];
    if (count === 0 || of === undefined) return;
    this.#count[place] = 0;
    const atNs = this.#lastNs[place] ?? 0;
    // Single precision is far finer than any sensor, and half the bytes.
    const mean = Math.fround((this.#sum[place] ?? 0) / count);
    this.#emit(of.signal, atNs, mean, Quality.good);
    this.#emit(of.min, atNs, this.#min[place] ?? 0, Quality.good);
    this.#emit(of.max, atNs, this.#max[place] ?? 0, Quality.good);
    this.#emit(of.count, atNs, count, Quality.good);
  }
}
