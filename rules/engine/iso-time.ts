/** ISO 8601 UTC of nanoseconds since the Unix epoch: milliseconds, and three or six digits more where needed. */
export function isoOfNs(timeNs: bigint): string {
  const below = ((timeNs % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const text = new Date(Number((timeNs - below) / 1_000_000n)).toISOString();
  if (below === 0n) return text;
  const digits = String(below).padStart(6, "0");
  return `${text.slice(0, -1)}${digits.endsWith("000") ? digits.slice(0, 3) : digits}Z`;
}
