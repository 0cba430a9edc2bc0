import type { CaptureCause } from "./capture-facts.ts";

export interface CaptureLimitOptions {
  /** For trouble codes, and as many again for requests. */
  readonly maxPerHour: number;
}

interface Begun {
  readonly atMs: number;
  /** Undefined: a request. */
  readonly code: string | undefined;
}

const hourMs = 3_600_000;

/**
 * Keeps codes that come and go from wearing out the disk: one recording per code and hour, and so many per hour in
 * all. What is still stored counts, so that a device that starts again and again is no way around it.
 */
export class CaptureLimits {
  readonly #options: CaptureLimitOptions;
  #begun: readonly Begun[];

  constructor(
    options: CaptureLimitOptions,
    stored: readonly (CaptureCause & { readonly atMs: number })[],
  ) {
    this.#options = options;
    // Frames and Modbus of one recording lie in two files.
    const byTime = new Map(stored.map((one) => [one.atMs, one]));
    this.#begun = [...byTime.values()].map((one) => ({ atMs: one.atMs, code: codeOf(one) }));
  }

  /** Whether one more may begin now; if so it counts. `nowMs`: wall clock, which may be set back. */
  admit(cause: CaptureCause, nowMs: number): boolean {
    this.#begun = this.#begun.filter(({ atMs }) => Math.abs(nowMs - atMs) < hourMs);
    const code = codeOf(cause);
    const alike = this.#begun.filter((one) => (one.code === undefined) === (code === undefined));
    if (alike.length >= this.#options.maxPerHour) return false;
    if (code !== undefined && alike.some((one) => one.code === code)) return false;
    this.#begun = [...this.#begun, { atMs: nowMs, code }];
    return true;
  }
}

const codeOf = ({ code }: CaptureCause): string | undefined =>
  code ? `${code.network}/${code.sa}/${code.spn}/${code.fmi}` : undefined;
