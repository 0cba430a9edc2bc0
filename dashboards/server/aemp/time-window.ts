import { timeOf } from "@firebreak/ingest/aemp/read-fleet.ts";
import { instantOf } from "@firebreak/ingest/aemp/write-fleet.ts";
import { HttpError } from "../api/error-reply.ts";
import { dayMs } from "./last-day.ts";

/** A span of time as a path has it. */
export interface Window {
  readonly start: string;
  readonly end: string;
  readonly fromMs: number;
  readonly toMs: number;
}

const defaultDays = 14;
const maxDays = 31;

/** Without times the last fourteen days. @throws HttpError BAD_TIME_RANGE */
export function windowOf(
  start: string | undefined,
  end: string | undefined,
  nowMs: number,
): Window {
  const toMs = end === undefined ? Math.floor(nowMs / 1_000) * 1_000 : timeOf(end);
  const fromMs = start === undefined ? (toMs ?? 0) - defaultDays * dayMs : timeOf(start);
  const bad = (why: string, where: string) => new HttpError("BAD_TIME_RANGE", why, where);
  const form = "must be UTC as 2024-03-01T10:00:00Z";
  if (fromMs === undefined) throw bad(`start ${form}`, "start");
  if (toMs === undefined) throw bad(`end ${form}`, "end");
  if (fromMs >= toMs) throw bad("start must lie before end", "start");
  if (toMs - fromMs > maxDays * dayMs) throw bad(`at most ${maxDays} days at once`, "start");
  return { start: instantOf(fromMs), end: instantOf(toMs), fromMs, toMs };
}

/** A day a page, counted from the start. */
export const pagesOf = ({ fromMs, toMs }: Window): number => Math.ceil((toMs - fromMs) / dayMs);

export function pageSpan({ fromMs, toMs }: Window, page: number) {
  const from = fromMs + (page - 1) * dayMs;
  return { fromMs: from, toMs: Math.min(toMs, from + dayMs) };
}
