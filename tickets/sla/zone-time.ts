const MS_PER_MINUTE = 60_000;
const MS_PER_DAY = 86_400_000;

/** A calendar day of some zone, `2026-03-02`. */
export type LocalDate = string;

const formats = new Map<string, Intl.DateTimeFormat>();

/** True of the IANA names that this runtime knows, such as `Asia/Shanghai`. */
export function isZone(zone: string): boolean {
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
    formats.set(zone, format);
  }
  return format;
}

/** Milliseconds that the wall clock of `zone` is ahead of UTC at an instant. */
function offsetMs(zone: string, utcMs: number): number {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(utcMs)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
  const wallMs = Date.UTC(
    part("year"),
    part("month") - 1,
    part("day"),
    part("hour"),
    part("minute"),
    part("second"),
  );
  return wallMs - Math.floor(utcMs / 1000) * 1000;
}

/** The day on the wall calendar of `zone` at an instant. */
export const localDate = (zone: string, utcMs: number): LocalDate =>
  isoDate(utcMs + offsetMs(zone, utcMs));

/**
 * The instant, in ms since the epoch, at which the wall clock of `zone` shows `minutes` after midnight on `date`. A time
 * that daylight saving skips is taken as if the clock had not been changed yet; of a time that comes twice, the first.
 */
export function instantOf(zone: string, date: LocalDate, minutes: number): number {
  const wallMs = Date.parse(`${date}T00:00:00Z`) + minutes * MS_PER_MINUTE;
  const before = offsetMs(zone, wallMs - MS_PER_DAY);
  const after = offsetMs(zone, wallMs + MS_PER_DAY);
  for (const offset of [before, after])
    if (offsetMs(zone, wallMs - offset) === offset) return wallMs - offset;
  return wallMs - before;
}

export const addDays = (date: LocalDate, days: number): LocalDate =>
  isoDate(Date.parse(`${date}T00:00:00Z`) + days * MS_PER_DAY);

/** The same day of a later month, or that month's last day when it has no such day (O-08). */
export function addMonths(date: LocalDate, months: number): LocalDate {
  const [year = 0, month = 1, day = 1] = date.split("-").map(Number);
  const index = year * 12 + (month - 1) + months;
  const lastDay = new Date(Date.UTC(Math.floor(index / 12), (index % 12) + 1, 0)).getUTCDate();
  return isoDate(Date.UTC(Math.floor(index / 12), index % 12, Math.min(day, lastDay)));
}

/** Whole days from one date to another; negative when the other is earlier. */
export const daysBetween = (from: LocalDate, to: LocalDate): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / MS_PER_DAY);

/** 0 Sunday … 6 Saturday. */
export const weekday = (date: LocalDate): number => new Date(`${date}T00:00:00Z`).getUTCDay();

/** A date that exists, written `2026-03-02`. */
export const isDate = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) &&
  !Number.isNaN(Date.parse(`${text}T00:00:00Z`)) &&
  isoDate(Date.parse(`${text}T00:00:00Z`)) === text;

const isoDate = (ms: number): LocalDate => new Date(ms).toISOString().slice(0, 10);
