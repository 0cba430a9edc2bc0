/** ISO 8601 UTC of nanoseconds since the Unix epoch: milliseconds, and the digits below only where there are any. */
export function isoOfNs(timeNs: bigint): string {
  const ms = timeNs >= 0n ? timeNs / 1_000_000n : -((999_999n - timeNs) / 1_000_000n);
  const below = timeNs - ms * 1_000_000n;
  const text = new Date(Number(ms)).toISOString();
  return below === 0n ? text : `${text.slice(0, -1)}${String(below).padStart(6, "0")}Z`;
}
