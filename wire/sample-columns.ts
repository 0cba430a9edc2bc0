import { Quality } from "./quality.ts";

/**
 * Samples as columns in arrival order: one row is signal index, time, value and quality.
 * Nothing is allocated per sample; the columns double when they are full.
 * Times are nanoseconds after `baseNs` (exact as a double for 104 days either way).
 */
export class SampleColumns {
  /** Nanoseconds since the Unix epoch that every `offsetNs` counts from. */
  baseNs: bigint;
  length = 0;
  /** Index into the signals of the dictionary in force. */
  signal: Uint16Array;
  offsetNs: Float64Array;
  /** Physical value in the signal's unit; NaN unless the quality is good. */
  value: Float64Array;
  quality: Uint8Array;

  constructor(baseNs: bigint, capacity = 256) {
    this.baseNs = baseNs;
    this.signal = new Uint16Array(capacity);
    this.offsetNs = new Float64Array(capacity);
    this.value = new Float64Array(capacity);
    this.quality = new Uint8Array(capacity);
  }

  push(signal: number, offsetNs: number, value: number, quality: Quality): void {
    if (this.length === this.signal.length) this.#grow();
    const row = this.length++;
    this.signal[row] = signal;
    this.offsetNs[row] = offsetNs;
    this.value[row] = quality === Quality.good ? value : Number.NaN;
    this.quality[row] = quality;
  }

  /** Time of one row, nanoseconds since the Unix epoch. */
  timeNs(row: number): bigint {
    return this.baseNs + BigInt(this.offsetNs[row] ?? 0);
  }

  /** Forgets all rows and keeps the memory. */
  reset(baseNs: bigint): void {
    this.baseNs = baseNs;
    this.length = 0;
  }

  #grow(): void {
    const capacity = this.signal.length * 2;
    this.signal = grown(this.signal, new Uint16Array(capacity));
    this.offsetNs = grown(this.offsetNs, new Float64Array(capacity));
    this.value = grown(this.value, new Float64Array(capacity));
    this.quality = grown(this.quality, new Uint8Array(capacity));
  }
}

function grown<Column extends Uint8Array | Uint16Array | Float64Array>(
  from: Column,
  into: Column,
): Column {
  into.set(from);
  return into;
}
