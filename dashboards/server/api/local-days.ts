import type { Sums } from "@firebreak/ingest/store/store.ts";
import { addDays, daysBetween, instantOf, isDate } from "@firebreak/tickets/sla/zone-time.ts";
import { HttpError } from "./error-reply.ts";
import { parseInstantNs } from "./instants.ts";
import type { LocalDays } from "./schemas.ts";

export interface LocalDay {
  /** `2027-03-28` */
  readonly day: string;
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * The days of a zone from one on and before another, each as long as it was there: 23 or 25 hours where clocks changed.
 * A day that a zone left out is left out. Pure. @throws HttpError BAD_TIME_RANGE, QUERY_TOO_LARGE
 */
export function localDays(
  zone: string,
  { from, to, most }: { readonly from: string; readonly to: string; readonly most: number },
): LocalDay[] {
  for (const [where, day] of Object.entries({ from, to }))
    if (!isDate(day))
      throw new HttpError("BAD_TIME_RANGE", `${where} is no day, such as 2027-03-28`, where);
  const count = daysBetween(from, to);
  if (count < 0) throw new HttpError("BAD_TIME_RANGE", "from is after to", "from");
  if (count > most) throw tooMany(most, addDays(from, most));
  return Array.from({ length: count }, (_, at) => {
    const day = addDays(from, at);
    const [startMs, endMs] = [instantOf(zone, day, 0), instantOf(zone, addDays(day, 1), 0)];
    return { day, startMs, endMs };
  }).filter(({ startMs, endMs }) => startMs < endMs);
}

const tooMany = (most: number, to: string) =>
  new HttpError(
    "QUERY_TOO_LARGE",
    `at most ${most} days of so many signals: end the range by ${to}, or ask for fewer signals`,
    "to",
  );

/** Where each day begins, and where the last one ends. Pure. */
export const edgesOf = (days: readonly LocalDay[]): bigint[] =>
  [...days.map(({ startMs }) => startMs), ...days.slice(-1).map(({ endMs }) => endMs)].map(
    (ms) => BigInt(ms) * 1_000_000n,
  );

/** Sums of a store as columns by day; days without samples are left out. Pure. */
export function byDay(signal: string, days: readonly LocalDay[], sums: Sums): LocalDays {
  const byStart = new Map(days.map((one) => [one.startMs, one]));
  const own = sums.t.flatMap((t) => byStart.get(Number(parseInstantNs(t, "t") / 1_000_000n)) ?? []);
  const { min, max, mean, first, last, count, errors } = sums;
  return {
    signal,
    day: own.map(({ day }) => day),
    t: own.map(({ startMs }) => new Date(startMs).toISOString()),
    hours: own.map(({ startMs, endMs }) => (endMs - startMs) / 3_600_000),
    ...{ min: [...min], max: [...max], mean: [...mean], first: [...first], last: [...last] },
    ...{ count: [...count], errors: [...errors] },
  };
}
