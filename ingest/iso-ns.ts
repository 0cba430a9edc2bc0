/** Before there was telematics, ms since the Unix epoch; 0001-01-01 and 1970-01-01 stand for no date. */
export const earliestMs = Date.UTC(2000, 0, 1);

/** Nanoseconds since the Unix epoch as `2026-05-01T08:00:00.123456789Z`; years 0000 to 9999. */
export function isoNs(timeNs: bigint): string {
  let ms = timeNs / 1_000_000n;
  let rest = timeNs % 1_000_000n;
  if (rest < 0n) {
    ms -= 1n;
    rest += 1_000_000n;
  }
  const text = new Date(Number(ms)).toISOString();
  return `${text.slice(0, -1)}${rest.toString().padStart(6, "0")}Z`;
}

/** An hour, counted from the Unix epoch, as ISO time. */
export const isoHour = (hour: number): string => isoNs(BigInt(hour) * 3_600_000_000_000n);

/** What `isoNs` made, back as nanoseconds since the Unix epoch. */
export const nsOfIso = (time: string): bigint =>
  BigInt(Date.parse(`${time.slice(0, -7)}Z`)) * 1_000_000n + BigInt(time.slice(-7, -1));
