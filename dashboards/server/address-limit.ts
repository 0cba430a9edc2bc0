import type { Clock } from "@firebreak/kit/clock.ts";
import { HttpError } from "./api/error-reply.ts";

const mostKeys = 20_000;

/** Counts events per key in a fixed window; memory stays bounded, the oldest keys make room. */
export class AddressLimit {
  readonly #clock: Clock;
  readonly #most: number;
  readonly #windowMs: number;
  readonly #counts = new Map<string, { count: number; untilMs: number }>();

  constructor(
    clock: Clock,
    { most, windowMs }: { readonly most: number; readonly windowMs: number },
  ) {
    this.#clock = clock;
    this.#most = most;
    this.#windowMs = windowMs;
  }

  /** @throws HttpError TOO_MANY_REQUESTS when the key has used up its window */
  check(key: string): void {
    const nowMs = this.#clock.monotonicMs();
    const known = this.#counts.get(key);
    if (!known || known.untilMs <= nowMs || known.count < this.#most) return;
    const seconds = Math.ceil((known.untilMs - nowMs) / 1000);
    throw new HttpError("TOO_MANY_REQUESTS", `too many requests, try again in ${seconds} s`);
  }

  count(key: string): void {
    const nowMs = this.#clock.monotonicMs();
    const known = this.#counts.get(key);
    if (known && known.untilMs > nowMs) known.count++;
    else {
      this.#counts.delete(key);
      this.#counts.set(key, { count: 1, untilMs: nowMs + this.#windowMs });
    }
    if (this.#counts.size > mostKeys) this.#counts.delete(this.#counts.keys().next().value ?? "");
  }
}
