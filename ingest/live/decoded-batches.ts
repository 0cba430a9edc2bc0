import type { Batch } from "@firebreak/wire/batch.ts";

/** Engineering default: 4 MB, and more than a second of the largest fleet. */
export const mostDecodedSamples = 200_000;
/** What a batch weighs beside its samples, in samples. */
const batchWeight = 20;

/**
 * Batches as they were decoded when they arrived, by their place in the journal, until whoever judges them asks: to decode
 * a small batch costs more than to judge it. Bounded, oldest given up first; who asks too late decodes it again.
 */
export class DecodedBatches {
  readonly #batches = new Map<number, Batch>();
  #weight = 0;

  put(position: number, batch: Batch): void {
    this.take(position);
    this.#batches.set(position, batch);
    this.#weight += weightOf(batch);
    for (const oldest of this.#batches.keys()) {
      if (this.#weight <= mostDecodedSamples) break;
      this.take(oldest);
    }
  }

  /** Once: it is given up with that. */
  take(position: number): Batch | undefined {
    const batch = this.#batches.get(position);
    if (batch === undefined) return undefined;
    this.#batches.delete(position);
    this.#weight -= weightOf(batch);
    return batch;
  }
}

const weightOf = ({ samples }: Batch): number => batchWeight + samples.length;
