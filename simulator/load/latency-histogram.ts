/** Counts of a histogram as it travels between processes: bucket, count, bucket, count, … */
export type SparseCounts = readonly number[];

/** Percentiles of times, ms. */
export interface Latency {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** Buckets within one doubling: a percentile is at most 1/64 (1.6 %) too high. Engineering default. */
const perDoubling = 64;
/** The first ends at 1 ms, the last at 2^22 ms, 70 minutes; what takes longer is counted there. */
const doublings = 23;

/**
 * Times from 0 to 70 minutes in buckets that grow with them, so that those of many processes can be added up and
 * nothing grows with the number of times.
 */
export class LatencyHistogram {
  readonly #counts = new Float64Array(doublings * perDoubling);
  #max = 0;

  /** `ms`: 0 or more. */
  note(ms: number): void {
    const bucket = bucketOf(ms);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    if (ms > this.#max) this.#max = ms;
  }

  reset(): void {
    this.#counts.fill(0);
    this.#max = 0;
  }

  /** What `add` takes; `max` goes along for itself. */
  toSparse(): { readonly counts: SparseCounts; readonly max: number } {
    const counts: number[] = [];
    for (const [bucket, count] of this.#counts.entries()) if (count > 0) counts.push(bucket, count);
    return { counts, max: this.#max };
  }

  add({ counts, max }: { readonly counts: SparseCounts; readonly max: number }): void {
    for (let at = 0; at < counts.length; at += 2) {
      const bucket = counts[at] ?? 0;
      this.#counts[bucket] = (this.#counts[bucket] ?? 0) + (counts[at + 1] ?? 0);
    }
    if (max > this.#max) this.#max = max;
  }

  /** Upper edges of buckets, no higher than the highest time; all 0 when there was none. */
  latency(): Latency {
    const count = this.#counts.reduce((sum, one) => sum + one, 0);
    const at = (share: number) => this.#percentile(Math.ceil(count * share));
    return { count, p50: at(0.5), p90: at(0.9), p99: at(0.99), max: this.#max };
  }

  #percentile(rank: number): number {
    let passed = 0;
    for (const [bucket, count] of this.#counts.entries()) {
      passed += count;
      if (rank > 0 && passed >= rank) return Math.min(upperEdge(bucket), this.#max);
    }
    return 0;
  }
}

/** 0 to 1 ms is the first doubling, split evenly; each further one begins at a power of two. */
function bucketOf(ms: number): number {
  if (ms < 1) return Math.floor(Math.max(0, ms) * perDoubling);
  const doubling = Math.floor(Math.log2(ms));
  const within = Math.floor((ms / 2 ** doubling - 1) * perDoubling);
  return Math.min(doublings * perDoubling - 1, (doubling + 1) * perDoubling + within);
}

function upperEdge(bucket: number): number {
  const doubling = Math.floor(bucket / perDoubling) - 1;
  const share = ((bucket % perDoubling) + 1) / perDoubling;
  return doubling < 0 ? share : 2 ** doubling * (1 + share);
}
