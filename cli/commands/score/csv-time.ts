import { isMissing } from "../../files/missing-cell.ts";

const iso =
  /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/i;
const dayFirst =
  /^(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?$/;
const slashed =
  /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?:,?[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([AP]M)?)?$/i;
const plainNumber = /^\d+(\.\d*)?(e\+?\d+)?$/i;

/** Which number of a date with slashes is the day: the first (31/12/2024) or the second (12/31/2024). */
export type DateOrder = "day-first" | "month-first";

/** The order that a cell with a date such as 12/31/2024 proves, `either` where both are possible; undefined: no such date. */
export function dateOrderOf(cell: string): DateOrder | "either" | undefined {
  const [, first, second] = slashed.exec(cell.trim()) ?? [];
  if (first === undefined || second === undefined) return undefined;
  if (Number(first) > 12) return "day-first";
  return Number(second) > 12 ? "month-first" : "either";
}

/**
 * The time in a cell, nanoseconds since 1970 UTC (a double: exact to 256 ns in this century), NaN for a missing one,
 * undefined for what is no time. Read are ISO 8601, also with `/` and `.`, days first with dots (31.12.2024), both
 * without a zone taken as UTC, dates with slashes where their order is known, and counts of s, ms, µs or ns since 1970,
 * told by their size.
 */
export function readTimeNs(cell: string, order?: DateOrder): number | undefined {
  const text = cell.trim();
  if (isMissing(text)) return Number.NaN;
  const found = iso.exec(text);
  if (found) {
    const [, year, month, day, hour, minute, second, fraction, zone] = found;
    return timeOf([year, month, day, hour, minute, second], fraction, zone);
  }
  const local = dayFirst.exec(text);
  if (local) {
    const [, day, month, year, hour, minute, second, fraction] = local;
    return timeOf([year, month, day, hour, minute, second], fraction, undefined);
  }
  if (order !== undefined && text.includes("/")) return ofSlashed(text, order);
  return plainNumber.test(text) ? ofCount(Number(text)) : undefined;
}

function ofSlashed(text: string, order: DateOrder): number | undefined {
  const found = slashed.exec(text);
  if (!found) return undefined;
  const [, first, second, year, hour, minute, seconds, fraction, half] = found;
  const [day, month] = order === "day-first" ? [first, second] : [second, first];
  if (half !== undefined && !(Number(hour) >= 1 && Number(hour) <= 12)) return undefined;
  const ofDay =
    half === undefined ? hour : String((Number(hour) % 12) + (/^p/i.test(half) ? 12 : 0));
  return timeOf([year, month, day, ofDay, minute, seconds], fraction, undefined);
}

function timeOf(
  parts: readonly (string | undefined)[],
  fraction: string | undefined,
  zone: string | undefined,
): number | undefined {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map((part) =>
    Number(part ?? 0),
  );
  const date = new Date(Date.UTC(year, month - 1, day));
  // Date.UTC rolls the 31st of February over to March.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  // A second has been the 61st of its minute, always at the end of a day of UTC.
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const ms = Date.UTC(year, month - 1, day, hour, minute, second);
  return (ms - zoneMs(zone)) * 1e6 + Number((fraction ?? "0").padEnd(9, "0"));
}

function zoneMs(zone: string | undefined): number {
  if (zone === undefined || !/^[+-]/.test(zone)) return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(":", ""));
  return (zone.startsWith("-") ? -1 : 1) * minutes * 60_000;
}

/** Counts up to 1e11 are seconds (until the year 5138), up to 1e14 ms, up to 1e17 µs. */
function ofCount(count: number): number {
  if (count < 1e11) return count * 1e9;
  if (count < 1e14) return count * 1e6;
  return count < 1e17 ? count * 1e3 : count;
}
