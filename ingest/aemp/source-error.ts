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
