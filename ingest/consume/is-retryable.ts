import { errorCode } from "@firebreak/kit/coded-error.ts";

/** A full disk or a locked file may pass; anything of the record's own does not. */
export function isRetryable(error: unknown): boolean {
  if (error && typeof error === "object" && "retryable" in error) return error.retryable === true;
  const code = errorCode(error);
  if (["ENOSPC", "EIO", "EROFS", "EMFILE"].includes(code)) return true;
  if (code !== "ERR_SQLITE_ERROR") return false;
  const result = (error as { errcode?: number }).errcode ?? 0;
  return [5, 6, 8, 10, 13, 14].includes(result & 0xff); // BUSY LOCKED READONLY IOERR FULL CANTOPEN
}
