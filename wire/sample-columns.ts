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
    const { signal, offsetNs, value, quality } = layOut(capacity);
    this.baseNs = baseNs;
    this.signal = signal;
    this.offsetNs = offsetNs;
    this.value = value;
    this.quality = quality;
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

  /** Makes room for `length` rows, which hold anything until they are written: all four columns of each. */
  refill(baseNs: bigint, length: number): void {
    if (length > this.signal.length) this.#move(length);
    this.baseNs = baseNs;
    this.length = length;
  }

  #grow(): void {
    this.#move(this.signal.length * 2);
  }

  #move(capacity: number): void {
    const { signal, offsetNs, value, quality } = layOut(capacity);
    this.signal = grown(this.signal, signal);
    this.offsetNs = grown(this.offsetNs, offsetNs);
    this.value = grown(this.value, value);
    this.quality = grown(this.quality, quality);
  }
}

/** One piece of memory for all: four cost more than what is done with the rows of a small batch. */
const layOut = (capacity: number) => {
  const memory = new ArrayBuffer(capacity * 19);
  return {
    offsetNs: new Float64Array(memory, 0, capacity),
    value: new Float64Array(memory, capacity * 8, capacity),
    signal: new Uint16Array(memory, capacity * 16, capacity),
    quality: new Uint8Array(memory, capacity * 18, capacity),
  };
};

function grown<Column extends Uint8Array | Uint16Array | Float64Array>(
  from: Column,
  into: Column,
): Column {
  into.set(from);
  return into;
}
