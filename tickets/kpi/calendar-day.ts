const DAY_MS = 24 * 3600 * 1000;

/** Making one takes longer than all the rest of a ticket's facts. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** The calendar day, YYYY-MM-DD, that it is in a zone. */
export function dayOf(nowMs: number, zone: string): string {
  const format = formats.get(zone) ?? new Intl.DateTimeFormat("sv-SE", { timeZone: zone });
  formats.set(zone, format);
  return format.format(nowMs);
}

/** The Monday of a day's week, both YYYY-MM-DD. */
export function mondayOf(day: string): string {
  const dayMs = Date.parse(`${day}T00:00:00.000Z`);
  const sinceMonday = (new Date(dayMs).getUTCDay() + 6) % 7;
  return new Date(dayMs - sinceMonday * DAY_MS).toISOString().slice(0, 10);
}
