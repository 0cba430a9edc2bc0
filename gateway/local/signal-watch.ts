import { Quality } from "@firebreak/wire/quality.ts";
import type { SampleColumns } from "@firebreak/wire/sample-columns.ts";

/** How one signal fares since the start. */
export interface SignalState {
  /** Samples by quality code. */
  readonly counts: readonly number[];
  /** Quality of the newest; undefined before the first. */
  readonly quality: Quality | undefined;
  /** The newest good value; NaN before the first. */
  readonly value: number;
  /** Monotonic ms of the newest sample. */
  readonly atMs: number;
}

const qualities = Object.keys(Quality).length;
const never = 0xff;

/** Remembers what came of each signal of a machine, before anything is thinned. Allocates nothing per sample. */
export class SignalWatch {
  readonly #counts: Uint32Array;
  readonly #quality: Uint8Array;
  readonly #value: Float64Array;
  readonly #atMs: Float64Array;

  constructor(signals: number) {
    this.#counts = new Uint32Array(signals * qualities);
    this.#quality = new Uint8Array(signals).fill(never);
    this.#value = new Float64Array(signals).fill(Number.NaN);
    this.#atMs = new Float64Array(signals).fill(Number.NEGATIVE_INFINITY);
  }

  note({ length, signal, value, quality }: SampleColumns, nowMs: number): void {
    for (let row = 0; row < length; row++) {
      const at = signal[row] ?? 0;
      const code = quality[row] ?? 0;
      this.#counts[at * qualities + code] = (this.#counts[at * qualities + code] ?? 0) + 1;
      this.#quality[at] = code;
      this.#atMs[at] = nowMs;
      if (code === Quality.good) this.#value[at] = value[row] ?? Number.NaN;
    }
  }

  of(signal: number): SignalState {
    const code = this.#quality[signal] ?? never;
    return {
      counts: [...this.#counts.subarray(signal * qualities, (signal + 1) * qualities)],
      quality: code === never ? undefined : (code as Quality),
      value: this.#value[signal] ?? Number.NaN,
      atMs: this.#atMs[signal] ?? Number.NEGATIVE_INFINITY,
    };
  }
}
