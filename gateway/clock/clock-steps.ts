import type { Clock } from "@firebreak/kit/clock.ts";

/** How often the system clock was set, and by how much the last time, ms; forwards is above 0. */
export interface ClockSteps {
  readonly count: number;
  readonly lastMs: number | null;
}

/** NTP turns a clock by less between two looks. */
const stepMs = 500;

/** Notices that somebody has set the system clock, against the one that only grows. Call `look` often. */
export class StepWatch {
  readonly #clock: Clock;
  /** Undefined until it could be read. */
  #byMs: number | undefined;
  #count = 0;
  #lastMs: number | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#byMs = this.#difference();
  }

  get steps(): ClockSteps {
    return { count: this.#count, lastMs: this.#lastMs };
  }

  look(): void {
    const byMs = this.#difference();
    if (byMs === undefined) return;
    const steppedMs = byMs - (this.#byMs ?? byMs);
    if (Math.abs(steppedMs) > stepMs) {
      this.#count++;
      this.#lastMs = Math.round(steppedMs);
    }
    this.#byMs = byMs;
  }

  /** Undefined when the process was held up between the clocks: what they differ by then says nothing of either. */
  #difference(): number | undefined {
    const beforeMs = this.#clock.monotonicMs();
    const nowMs = this.#clock.nowMs();
    const isHeldUp = this.#clock.monotonicMs() - beforeMs > stepMs / 2;
    return isHeldUp ? undefined : nowMs - beforeMs;
  }
}
