import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import { HttpError } from "@influxdata/influxdb-client";
import { retryAfterMs } from "../../retry-after.ts";

/** What an answer means for the lines that were sent. Whatever it is, they are kept. */
export type WriteFailure =
  /** The same lines can succeed later. `afterMs`: what the server asks for. */
  | {
      readonly kind: "later";
      readonly code: WaitCode;
      readonly message: string;
      readonly afterMs?: number;
    }
  /** Something is wrong with some of the lines; those named here, or else nobody knows which. */
  | {
      readonly kind: "lines";
      readonly message: string;
      readonly named: readonly { readonly line: number; readonly message: string }[];
      /** How many were refused, where the server says so. */
      readonly refused?: number;
    }
  | { readonly kind: "too-large"; readonly message: string };

/** Why a store cannot take anything now. */
export type WaitCode =
  | "STORE_UNREACHABLE"
  | "STORE_TIMEOUT"
  | "STORE_BUSY"
  | "STORE_REFUSES_LOGIN"
  | "STORE_NOT_FOUND"
  | "STORE_FULL"
  | "STORE_FAILS";

/** The client takes the number of seconds for milliseconds, so the header is read here. */
const retryLimits = { leastMs: 0, mostMs: 60_000 };
const maxMessage = 500;

/** Both ends: a server may repeat a long line before it says what is wrong with it. */
const shorten = (text: string): string =>
  text.length <= maxMessage ? text : `${text.slice(0, 200)} … ${text.slice(-250)}`;

/** Reads what the client threw. `nowMs`: for a Retry-After that names a time. */
export function readFailure(error: unknown, nowMs: number): WriteFailure {
  if (error instanceof CodedError) return ofQuery(error, nowMs);
  if (!(error instanceof HttpError)) return unreachable(error);
  const { statusCode: status, body = "" } = error;
  const message = messageOf(error);
  const afterMs = retryAfterMs(error.headers?.["retry-after"], nowMs, retryLimits);
  const later = (code: WaitCode): WriteFailure => ({
    kind: "later",
    code,
    message: `${status}: ${message}`,
    ...(afterMs === undefined ? {} : { afterMs }),
  });
  if (status === 401 || status === 403) return later("STORE_REFUSES_LOGIN");
  if (status === 404) return later("STORE_NOT_FOUND");
  if (status === 413) return { kind: "too-large", message };
  if (status === 201 || status === 400 || status === 422) return aboutLines(message, body);
  if (status === 429 || status === 503) return later("STORE_BUSY");
  return later(/no space left|disk full/i.test(message) ? "STORE_FULL" : "STORE_FAILS");
}

/** A question that failed: whatever it is, it is asked again. */
function ofQuery(error: CodedError, nowMs: number): WriteFailure {
  if (error.cause instanceof HttpError || error.code === "STORE_UNREACHABLE")
    return readFailure(error.cause, nowMs);
  const isMissing = ["STORE_SETUP", "STORE_NOT_FOUND"].includes(error.code);
  const code = isMissing ? "STORE_NOT_FOUND" : "STORE_FAILS";
  return { kind: "later", code, message: error.message };
}

/** Whether a question that failed so may be answered when less is asked for; a server that is away answers nothing. */
export function mayBeTooMuch(error: unknown): boolean {
  const failure = readFailure(error, 0);
  return (
    failure.kind === "too-large" ||
    (failure.kind === "later" && ["STORE_TIMEOUT", "STORE_FAILS"].includes(failure.code))
  );
}

function unreachable(error: unknown): WriteFailure {
  const name = error instanceof Error ? error.name : "";
  const isLate = name === "RequestTimedOutError" || errorCode(error) === "ETIMEDOUT";
  const message = isLate ? "no answer in time" : `not reachable (${errorCode(error)})`;
  return { kind: "later", code: isLate ? "STORE_TIMEOUT" : "STORE_UNREACHABLE", message };
}

/** The server's own words: `error` in 1.x and 3.x, `message` in 2.x. */
function messageOf({ body = "", statusMessage = "" }: HttpError): string {
  try {
    const { error, message } = JSON.parse(body) as { error?: unknown; message?: unknown };
    const text = [message, error].find((one) => typeof one === "string" && one !== "");
    return shorten(String(text ?? body));
  } catch {
    return shorten(body || statusMessage);
  }
}

/** 1.x and 2.x count what they dropped and name one; 3.x lists every line with its number, from 1. */
function aboutLines(message: string, body: string): WriteFailure {
  const refused = /dropped=(\d+)/.exec(message)?.[1];
  return {
    kind: "lines",
    message,
    named: namedLines(body),
    ...(refused === undefined ? {} : { refused: Number(refused) }),
  };
}

function namedLines(body: string): { line: number; message: string }[] {
  let content: unknown;
  try {
    content = JSON.parse(body);
  } catch {
    return [];
  }
  const list = (content as { data?: unknown } | null)?.data;
  if (!Array.isArray(list)) return [];
  return list.flatMap((one: { line_number?: unknown; error_message?: unknown } | null) =>
    typeof one?.line_number === "number" && Number.isInteger(one.line_number)
      ? [{ line: one.line_number - 1, message: shorten(String(one.error_message)) }]
      : [],
  );
}
