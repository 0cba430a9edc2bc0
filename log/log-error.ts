import { CodedError } from "@firebreak/kit/coded-error.ts";

/**
 * LOG_FULL: the bound on disk or in memory is reached; retryable once something is trimmed or written.
 * LOG_WRITE_FAILED: the disk refused; nothing is lost, the records wait in memory. Retryable.
 * LOG_OVERTAKEN: a copy fell behind trimming; retryable, from the beginning.
 * LOG_RECORD_TOO_LARGE, LOG_CLOSED, LOG_VERSION_UNSUPPORTED: not retryable.
 */
export type LogErrorCode =
  | "LOG_FULL"
  | "LOG_WRITE_FAILED"
  | "LOG_OVERTAKEN"
  | "LOG_RECORD_TOO_LARGE"
  | "LOG_CLOSED"
  | "LOG_VERSION_UNSUPPORTED";

const retryableCodes: readonly LogErrorCode[] = ["LOG_FULL", "LOG_WRITE_FAILED", "LOG_OVERTAKEN"];

export function logError(code: LogErrorCode, message: string, cause?: unknown): CodedError {
  return new CodedError(code, message, { retryable: retryableCodes.includes(code), cause });
}
