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
  #byMs: number;
  #count = 0;
  #lastMs: number | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#byMs = clock.nowMs() - clock.monotonicMs();
  }

  get steps(): ClockSteps {
    return { count: this.#count, lastMs: this.#lastMs };
  }

  look(): void {
    const byMs = this.#clock.nowMs() - this.#clock.monotonicMs();
    if (Math.abs(byMs - this.#byMs) > stepMs) {
      this.#count++;
      this.#lastMs = Math.round(byMs - this.#byMs);
    }
    this.#byMs = byMs;
  }
}
