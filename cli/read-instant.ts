/**
 * An instant as people type it, ms since 1970: ISO 8601 with its zone, or a day (UTC). Undefined for anything else: what
 * has no zone would mean another time on another computer, and `Date.parse` takes "5" for May 2001.
 */
export function readInstant(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text))
    return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}
