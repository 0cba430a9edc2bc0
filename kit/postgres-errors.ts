import { CodedError, errorCode } from "./coded-error.ts";

interface Meaning {
  readonly code: string;
  readonly retryable: boolean;
}

const busy: Meaning = { code: "DATABASE_BUSY", retryable: true };
const io: Meaning = { code: "DATABASE_IO", retryable: true };
const full: Meaning = { code: "DATABASE_FULL", retryable: true };
const constraint: Meaning = { code: "DATABASE_CONSTRAINT", retryable: false };
const readOnly: Meaning = { code: "DATABASE_READ_ONLY", retryable: false };
const corrupt: Meaning = { code: "DATABASE_CORRUPT", retryable: false };
const refused: Meaning = { code: "DATABASE_REFUSED", retryable: false };
const query: Meaning = { code: "DATABASE_QUERY", retryable: false };

/** By SQLSTATE, the whole before its class. @see https://www.postgresql.org/docs/15/errcodes-appendix.html */
const byState: Readonly<Record<string, Meaning>> = {
  "08": io,
  "23": constraint,
  "25006": readOnly,
  "25P03": io,
  "28": refused,
  "3D000": refused,
  "40001": busy,
  "40P01": busy,
  "53100": full,
  "53200": io,
  "53300": busy,
  "55P03": busy,
  "57014": busy,
  "57": io,
  "58": io,
  XX001: corrupt,
  XX002: corrupt,
};

const SQLSTATE = /^[0-9A-Z]{5}$/;
const SYSTEM_ERROR = /^E[A-Z]{3,}$/;
/** What `pg` says without any code when the line breaks or nobody answers. */
const LOST = /connection (terminated|ended|timeout)|timeout (exceeded|expired)|not queryable/i;

/** An error of the driver as ours, equal to what the embedded database says in the like case. */
export function toCodedPostgres(cause: unknown): unknown {
  if (!(cause instanceof Error) || cause instanceof CodedError) return cause;
  const { code, retryable } = meaningOf(cause);
  return new CodedError(code, cause.message, { cause, retryable });
}

function meaningOf(error: Error): Meaning {
  const state = errorCode(error);
  if (SYSTEM_ERROR.test(state) && !(state in byState)) return io;
  if (SQLSTATE.test(state)) return byState[state] ?? byState[state.slice(0, 2)] ?? query;
  return LOST.test(error.message) ? io : query;
}

/** Whether the server gave up on an order of transactions: the same work may succeed at once. */
export const isConflict = (error: unknown): boolean =>
  error instanceof CodedError && ["40001", "40P01"].includes(errorCode(error.cause));

export const isLost = (error: unknown): boolean =>
  error instanceof CodedError && error.code === "DATABASE_IO";

/**
 * What `pg_xact_status` says of a transaction whose number the server has still to give: it went down with all that the
 * transaction had written, before any of it was on disk.
 */
export const isUnheardOf = (error: unknown): boolean =>
  error instanceof CodedError && errorCode(error.cause) === "22023";
