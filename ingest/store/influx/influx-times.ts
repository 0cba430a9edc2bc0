import type { Span } from "../raw-page.ts";

/** `2026-01-01T00:00:00.000000004Z`, with as many digits as the server likes, as nanoseconds since the epoch. */
export function parseTime(text: string): bigint {
  const [whole = "", fraction = ""] = text.replace("Z", "").split(".");
  const seconds = BigInt(Date.parse(`${whole}Z`)) / 1_000n;
  return seconds * 1_000_000_000n + BigInt(fraction.padEnd(9, "0").slice(0, 9));
}

/** What InfluxDB can hold at all. */
const minTimeNs = -9_223_372_036_854_775_806n;
const maxTimeNs = 9_223_372_036_854_775_806n;

/** The span as a condition of InfluxQL, to stand behind others. */
export function within({ fromNs, toNs }: Span): string {
  const from = fromNs <= minTimeNs ? "" : ` and time >= ${fromNs}`;
  return toNs >= maxTimeNs ? from : `${from} and time < ${toNs}`;
}
