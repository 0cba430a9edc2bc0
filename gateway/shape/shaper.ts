import { Quality } from "@firebreak/wire/quality.ts";

/** How one signal is thinned. Absent numbers mean: every sample goes on. */
export interface SignalShaping {
  /** In the signal's unit: a smaller change is held back; 0 holds back equal values only. */
  readonly deadBand?: number;
  /** However little it changes, one goes on at least this often. */
  readonly maxSilenceNs?: number;
}

/** What `admit` answers for a sample that is held back. */
export const heldBack = Number.NaN;

/**
 * Decides which samples of one machine go on, and fixes their stamps: strictly increasing per signal, a stamp that
 * does not grow becomes the previous one + 1 ns. Pure: the samples carry the clock. Allocates nothing per sample.
 */
export class Shaper {
  readonly #deadBand: Float64Array;
  readonly #maxSilenceNs: Float64Array;
  readonly #sentValue: Float64Array;
  readonly #sentQuality: Uint8Array;
  /** Nanoseconds after `#baseNs`; -Infinity before the first. */
  readonly #sentAtNs: Float64Array;
  readonly #lastNs: Float64Array;
  #baseNs: bigint;
  #suppressed = 0;

  /** `notBeforeNs`: newest stamp already given out in this epoch, if any. */
  constructor(signals: readonly SignalShaping[], notBeforeNs?: bigint) {
    const count = signals.length;
    this.#deadBand = Float64Array.from(signals, ({ deadBand }) => deadBand ?? Number.NaN);
    this.#maxSilenceNs = Float64Array.from(signals, (signal) => signal.maxSilenceNs ?? 0);
    this.#sentValue = new Float64Array(count).fill(Number.NaN);
    this.#sentQuality = new Uint8Array(count).fill(0xff);
    this.#sentAtNs = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
    this.#lastNs = new Float64Array(count).fill(
      notBeforeNs === undefined ? Number.NEGATIVE_INFINITY : 0,
    );
    this.#baseNs = notBeforeNs ?? 0n;
  }

  /** Samples held back so far. */
  get suppressed(): number {
    return this.#suppressed;
  }

  /** Says what the offsets of the following calls count from. */
  rebase(baseNs: bigint): void {
    if (baseNs === this.#baseNs) return;
    const shift = Number(this.#baseNs - baseNs);
    for (let at = 0; at < this.#lastNs.length; at++) {
      this.#lastNs[at] = (this.#lastNs[at] ?? 0) + shift;
      this.#sentAtNs[at] = (this.#sentAtNs[at] ?? 0) + shift;
    }
    this.#baseNs = baseNs;
  }

  /** The stamp under which a sample goes on, as an offset from the base; `heldBack` (NaN) if it does not. */
  admit(signal: number, offsetNs: number, value: number, quality: Quality): number {
    const last = this.#lastNs[signal] ?? Number.NEGATIVE_INFINITY;
    const stamp = offsetNs > last ? offsetNs : last + 1;
    if (this.#isHeldBack(signal, stamp, value, quality)) {
      this.#suppressed++;
      return heldBack;
    }
    this.#lastNs[signal] = stamp;
    this.#sentAtNs[signal] = stamp;
    this.#sentValue[signal] = value;
    this.#sentQuality[signal] = quality;
    return stamp;
  }

  #isHeldBack(signal: number, stamp: number, value: number, quality: Quality): boolean {
    const deadBand = this.#deadBand[signal] ?? Number.NaN;
    if (Number.isNaN(deadBand) || quality !== this.#sentQuality[signal]) return false;
    if (stamp - (this.#sentAtNs[signal] ?? 0) >= (this.#maxSilenceNs[signal] ?? 0)) return false;
    if (quality !== Quality.good) return true;
    const change = Math.abs(value - (this.#sentValue[signal] ?? 0));
    return change < deadBand || change === 0;
  }
}
