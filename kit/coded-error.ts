/**
 * The base of every error of ours. Branch on `code` or the class, never on the text: codes stay, messages may change.
 * `retryable` says whether the same call may succeed later without anybody changing anything.
 */
export class CodedError extends Error {
  readonly code: string;
  readonly retryable: boolean;

  constructor(
    code: string,
    message: string,
    options: { retryable?: boolean; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = "CodedError";
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

/** The code of any error: ours, a system error's (`ENOENT`), or `UNKNOWN`. */
export function errorCode(error: unknown): string {
  if (error && typeof error === "object" && "code" in error && typeof error.code === "string")
    return error.code;
  return "UNKNOWN";
}
