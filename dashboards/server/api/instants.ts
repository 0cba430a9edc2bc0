import { HttpError } from "./error-reply.ts";

const isoPattern = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/** What has four digits for its year; times beyond could not be written back. */
const [earliestNs, endNs] = [
  BigInt(Date.parse("0000-01-01T00:00:00Z")) * 1_000_000n,
  BigInt(Date.parse("+010000-01-01T00:00:00Z")) * 1_000_000n,
];

/**
 * ISO 8601 with a zone and up to nine fractional digits, or milliseconds since the Unix epoch, as nanoseconds; years 0000 to 9999.
 * Throws BAD_TIME_RANGE naming `where`.
 */
export function parseInstantNs(text: string, where: string): bigint {
  const ns = nsOf(text, where);
  if (ns >= earliestNs && ns < endNs) return ns;
  throw new HttpError(
    "BAD_TIME_RANGE",
    `${where} must lie within the years 0000 to 9999; as a number it is in milliseconds`,
    where,
  );
}

function nsOf(text: string, where: string): bigint {
  if (/^-?\d{1,16}$/.test(text)) return BigInt(text) * 1_000_000n;
  const [, seconds, fraction = "", zone] = isoPattern.exec(text.replace(" ", "+")) ?? [];
  const ms = seconds === undefined ? Number.NaN : Date.parse(`${seconds}${zone}`);
  if (Number.isNaN(ms))
    throw new HttpError(
      "BAD_TIME_RANGE",
      `${where} must be ISO 8601 with a zone, or milliseconds since 1970`,
      where,
    );
  return BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
}

/** Nanoseconds since the Unix epoch as ISO 8601 UTC with nine fractional digits. */
export function toIsoNs(ns: bigint): string {
  const fraction = ((ns % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const seconds = new Date(Number((ns - fraction) / 1_000_000n)).toISOString().slice(0, 19);
  return `${seconds}.${fraction.toString().padStart(9, "0")}Z`;
}
