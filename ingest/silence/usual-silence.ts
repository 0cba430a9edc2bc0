/** In which of the last weeks a machine sent anything, by the hour of the week (UTC hours since 1970, modulo 168). */
export interface WeekPattern {
  /** Weeks in which it sent anything: of a machine that stood idle for a month nothing is usual. */
  readonly weeks: number;
  /** Weeks with data in that hour. */
  readonly active: ReadonlyMap<number, number>;
}

export const hoursOfWeek = 168;
export const patternWeeks = 4;
const hourMs = 3_600_000;
const fewestWeeks = 2;
/** An hour with data in no more than this share of the weeks is one in which silence is no news. */
const rareShare = 0.25;

/**
 * Whether a machine that is silent since then says nothing at such times as a rule: nights and weekends. One hour in
 * which it usually speaks makes the whole silence unusual, until it speaks again. Pure.
 */
export function isUsuallySilent(
  { weeks, active }: WeekPattern,
  sinceMs: number,
  nowMs: number,
): boolean {
  if (weeks < fewestWeeks) return false;
  // The hour in which it fell silent is half spoken, and the one that runs may still bring something.
  const first = Math.floor(sinceMs / hourMs) + 1;
  const last = Math.min(Math.floor(nowMs / hourMs) - 1, first + hoursOfWeek - 1);
  const isRare = (hour: number) => (active.get(hour % hoursOfWeek) ?? 0) <= rareShare * weeks;
  if (last < first) return isRare(first) && isRare(first + 1);
  for (let hour = first; hour <= last; hour++) if (!isRare(hour)) return false;
  return true;
}
