import type { Clock } from "@firebreak/kit/clock.ts";

interface Bucket {
  failures: number;
  atMs: number;
}

const forgetsOneFailurePerMs = 30_000;
const allowed = { pair: 5, address: 30, account: 60 } as const;
const maxBuckets = 50_000;

/**
 * Slows down guessing without locking anybody out: failures fill a bucket per address and account, one per address
 * and one per account, and leak away, one each 30 s. An address from which the account has logged in before does not
 * feel the account's bucket, so an attack from 500 addresses does not shut out the real user.
 */
export class LoginThrottle {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();
  readonly #known = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Seconds until another attempt is let through; 0 lets it through now. */
  waitSeconds(address: string, account: string): number {
    const pair = `p ${address} ${account}`;
    const waits = [
      this.#waitMs(pair, allowed.pair),
      this.#waitMs(`a ${address}`, allowed.address),
      this.#known.has(pair) ? 0 : this.#waitMs(`u ${account}`, allowed.account),
    ];
    return Math.ceil(Math.max(...waits) / 1000);
  }

  /** Call before the password is checked, so that parallel attempts count too. */
  attempted(address: string, account: string): void {
    for (const key of [`p ${address} ${account}`, `a ${address}`, `u ${account}`])
      this.#set(key, this.#failures(key) + 1);
  }

  succeeded(address: string, account: string): void {
    const pair = `p ${address} ${account}`;
    this.#known.add(pair);
    if (this.#known.size > maxBuckets) this.#known.delete(this.#known.values().next().value ?? "");
    this.#buckets.delete(pair);
    for (const key of [`a ${address}`, `u ${account}`]) this.#set(key, this.#failures(key) - 1);
  }

  #failures(key: string): number {
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) return 0;
    const leaked = (this.#clock.monotonicMs() - bucket.atMs) / forgetsOneFailurePerMs;
    return Math.max(0, bucket.failures - leaked);
  }

  #waitMs(key: string, most: number): number {
    return Math.max(0, this.#failures(key) - (most - 1)) * forgetsOneFailurePerMs;
  }

  /** The oldest entries make room: memory stays bounded under attack. */
  #set(key: string, failures: number): void {
    this.#buckets.delete(key);
    if (failures > 0) this.#buckets.set(key, { failures, atMs: this.#clock.monotonicMs() });
    if (this.#buckets.size > maxBuckets)
      this.#buckets.delete(this.#buckets.keys().next().value ?? "");
  }
}
