/** No server's mistake is to stop us for longer, nor to make us hurry. */
interface WaitLimits {
  readonly leastMs: number;
  readonly mostMs: number;
}

/** Whole seconds or a date, within limits; undefined for what is neither. @see RFC 9110, 10.2.3 */
export function retryAfterMs(
  header: unknown,
  nowMs: number,
  { leastMs, mostMs }: WaitLimits,
): number | undefined {
  const text: unknown = Array.isArray(header) ? header[0] : header;
  if (typeof text !== "string") return undefined;
  const ms = /^\d+$/.test(text.trim()) ? Number(text) * 1_000 : Date.parse(text) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.min(mostMs, Math.max(leastMs, ms));
}
