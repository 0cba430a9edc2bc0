import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { ErrorReply } from "./schemas.ts";

/** The one table from error code to HTTP status. A code that is not here is ours to mend: 500. */
const statusOf: Readonly<Record<string, number>> = {
  BAD_REQUEST: 400,
  BAD_CURSOR: 400,
  BAD_TIME_RANGE: 400,
  UNKNOWN_SIGNAL: 404,
  NOT_LOGGED_IN: 401,
  WRONG_CREDENTIALS: 401,
  REPORT_STATE: 409,
  LINK_UNKNOWN: 404,
  FEEDBACK_GIVEN: 409,
  FEEDBACK_EARLY: 409,
  FOLLOW_UP_UNKNOWN: 404,
  FOLLOW_UP_STATE: 409,
  COMPLAINT_UNKNOWN: 404,
  COMPLAINT_STATE: 409,
  TARGET_UNKNOWN: 404,
  DELIVERY_UNKNOWN: 404,
  TARGET_ADDRESS: 422,
  TARGET_NAME: 422,
  TARGET_REFUSED: 422,
  TARGET_TIMEOUT: 422,
  TARGET_UNREACHABLE: 422,
  ADDRESS_UNUSABLE: 422,
  BAD_CONFIGURATION: 422,
  ROLLOUT_UNKNOWN: 404,
  ROLLOUT_STATE: 409,
  ROLLOUT_OVERLAP: 409,
  ROLLOUT_NOBODY: 422,
  NOT_ALLOWED: 403,
  CROSS_SITE: 403,
  NOT_FOUND: 404,
  USER_UNKNOWN: 404,
  PERSON_UNKNOWN: 404,
  USER_EXISTS: 409,
  USER_LAST_ADMIN: 409,
  PASSWORD_WEAK: 400,
  UNKNOWN_MACHINE: 404,
  CAPTURE_NO_GATEWAY: 409,
  CAPTURE_LOST: 410,
  UNKNOWN_GATEWAY: 404,
  QUARANTINE_UNKNOWN: 404,
  LOG_FULL: 503,
  FINDING_UNKNOWN: 404,
  FINDING_NOT_LATCHED: 409,
  FINDING_HAS_TICKET: 409,
  SHELF_RULE: 404,
  SHELF_UNKNOWN: 404,
  SHELF_FAILURE_MODE: 400,
  SHELF_SAFETY: 409,
  SHELF_STOP_LAMP: 409,
  SHELF_EXISTS: 409,
  SHELVES_FULL: 409,
  TICKET_UNKNOWN: 404,
  TICKET_TRANSITION: 409,
  TICKET_GUARD: 409,
  ENGINEER_BUSY: 409,
  TICKET_CHANGED: 409,
  TICKET_NOT_ALLOWED: 403,
  TICKET_COMMAND_REUSED: 409,
  COMMAND_REUSED: 409,
  TICKET_CURSOR: 400,
  PART_UNKNOWN: 404,
  STOCK_LOCATION_UNKNOWN: 404,
  STOCK_SHORT: 409,
  STOCK_BAND: 400,
  STOCK_QUANTITY: 400,
  STOCK_CURSOR: 400,
  RESERVATION_STATE: 409,
  TRANSFER_UNKNOWN: 404,
  TRANSFER_STATE: 409,
  TRANSFER_PLACES: 400,
  LOAN_UNKNOWN: 404,
  LOAN_STATE: 409,
  PARTS_APPROVAL_LEVEL: 403,
  PARTS_NOT_READY: 409,
  PART_EXISTS: 409,
  PART_ALTERNATE: 400,
  PARTS_OPEN: 409,
  TICKET_PARTS: 400,
  ORGANISATION_UNKNOWN: 404,
  ORGANISATION_EXISTS: 409,
  ORGANISATION_CHANGED: 409,
  ORGANISATION_INVALID: 400,
  ORGANISATION_CURSOR: 400,
  MACHINE_HOURS: 400,
  EXCHANGE_UNKNOWN: 404,
  EXCHANGE_FILE: 400,
  EXCHANGE_TOO_LARGE: 413,
  EXCHANGE_BUSY: 503,
  PLAN_UNKNOWN: 404,
  PLAN_NOT_YOURS: 403,
  PLAN_TRANSITION: 409,
  PLAN_ASSUMPTIONS: 409,
  PLAN_CHANGED: 409,
  PLAN_TOO_EARLY: 409,
  PLAN_LINE_UNKNOWN: 400,
  PLAN_LINES: 400,
  ENGINEER_UNKNOWN: 404,
  LESSON_UNKNOWN: 404,
  LESSON_DECIDED: 409,
  LESSON_CASES: 400,
  CATALOGUE_INCOMPLETE: 400,
  SERIES_TOO_LONG: 413,
  QUERY_TOO_LARGE: 413,
  IMPORT_STORE_BEHIND: 503,
  IMPORT_JOURNAL_FULL: 503,
  EXPORT_LIMIT: 413,
  EXPORT_BUSY: 429,
  EXPORT_UNKNOWN: 404,
  EXPORT_NOT_READY: 409,
  QUERY_CANCELLED: 499,
  STORE_SLOW: 503,
  STORE_UNREACHABLE: 503,
  STORE_QUERY: 503,
  STORE_CLOSED: 503,
  REPORT_UNKNOWN: 404,
  REPORT_INCOMPLETE: 422,
  RESET_WITHOUT_PART: 409,
  MEDIA_UNKNOWN: 404,
  MEDIA_LOST: 410,
  MEDIA_EMPTY: 400,
  MEDIA_DAMAGED: 422,
  MEDIA_TYPE: 415,
  MEDIA_TOO_LARGE: 413,
  MEDIA_TICKET_FULL: 409,
  MEDIA_BUSY: 503,
  RANGE_NOT_THERE: 416,
  TOO_MANY_REQUESTS: 429,
  TOO_MANY_STREAMS: 429,
  BUSY: 503,
  DATABASE_BUSY: 503,
  DATABASE_IO: 503,
  DATABASE_FULL: 503,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 415,
  FST_ERR_CTP_EMPTY_JSON_BODY: 400,
  FST_ERR_CTP_BODY_TOO_LARGE: 413,
  FST_ERR_CTP_INVALID_JSON_BODY: 400,
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 400,
  FST_ERR_VALIDATION: 400,
  FST_ERR_NOT_FOUND: 404,
};

/** An error of this interface; `where` names the field or parameter at fault. */
export class HttpError extends CodedError {
  readonly where: string | undefined;

  constructor(code: string, message: string, where?: string) {
    super(code, message);
    this.where = where;
  }
}

interface Validation {
  readonly instancePath: string;
  readonly params?: { readonly missingProperty?: string; readonly additionalProperty?: string };
}

/** Field of the first schema violation, `/note` becoming `note`. */
function whereOf(error: unknown): string | undefined {
  if (error instanceof HttpError) return error.where;
  if (typeof error !== "object" || error === null || !("validation" in error)) return undefined;
  const [first] = error.validation as readonly Validation[];
  const missing = first?.params?.missingProperty ?? first?.params?.additionalProperty;
  const path = [...(first?.instancePath.split("/").slice(1) ?? []), ...(missing ? [missing] : [])];
  return path.length > 0 ? path.join(".") : undefined;
}

/** What a database says may name its place. */
const messageOf = (error: Error, code: string): string => {
  if (code.startsWith("DATABASE_")) return "the database does not answer, try again";
  if (!code.startsWith("STORE_") || error instanceof HttpError) return error.message;
  return "the telemetry store does not answer, try again: live values come without it";
};

/** What is sent for an error. The text of an unexpected one stays in the log. */
export function toErrorReply(error: unknown, log: Logger): { status: number; body: ErrorReply } {
  const code = errorCode(error);
  const known = statusOf[code];
  const ofFastify = error instanceof Error && "statusCode" in error ? error.statusCode : undefined;
  const status = known ?? (typeof ofFastify === "number" && ofFastify < 500 ? ofFastify : 500);
  if (status >= 500) log.error({ err: error, code }, "request failed");
  if (known === undefined && status >= 500)
    return { status, body: { code: "INTERNAL", message: "something went wrong on the server" } };
  const message = error instanceof Error ? messageOf(error, code) : "refused";
  const where = whereOf(error);
  const publicCode = code === "FST_ERR_VALIDATION" ? "BAD_REQUEST" : code;
  return { status, body: { code: publicCode, message, ...(where === undefined ? {} : { where }) } };
}
