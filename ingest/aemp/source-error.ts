import { CodedError } from "@firebreak/kit/coded-error.ts";

/** Why a source could not be read, in plain words; `retryAfterMs` where it said when to come again. */
export class SourceError extends CodedError {
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    options: { retryAfterMs?: number | undefined; cause?: unknown } = {},
  ) {
    super("AEMP_SOURCE", message, { retryable: true, cause: options.cause });
    this.retryAfterMs = options.retryAfterMs;
  }
}

const maxWaitMs = 24 * 3_600_000;

/** Seconds or a date, at most a day. Undefined for what is neither. @see RFC 9110, 10.2.3 */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d{1,9}$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(maxWaitMs, Math.max(1_000, ms));
}
