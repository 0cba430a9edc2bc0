import { floorDivide } from "./book/book.ts";
import type { Span } from "./raw-page.ts";

export const minuteNs = 60_000_000_000n;
export const hourNs = 3_600_000_000_000n;
export const dayNs = 24n * hourNs;
const niceNs = [1n, 2n, 5n];
const maxPoints = 20_000;

/** 1, 2 or 5 times a power of ten below a minute; whole minutes, hours or days above, so that rollups fit in. */
export function bucketWidth({ fromNs, toNs }: Span, asked: number): bigint {
  const points = BigInt(Math.max(1, Math.min(Math.trunc(asked), maxPoints)));
  const fits = (width: bigint) =>
    floorDivide(toNs - 1n, width) - floorDivide(fromNs, width) + 1n <= points;
  for (let power = 1n; power < minuteNs; power *= 10n)
    for (const nice of niceNs)
      if (nice * power < minuteNs && fits(nice * power)) return nice * power;
  for (const minutes of [1n, 2n, 3n, 5n, 10n, 15n, 20n, 30n])
    if (fits(minutes * minuteNs)) return minutes * minuteNs;
  for (const hours of [1n, 2n, 3n, 4n, 6n, 8n, 12n])
    if (fits(hours * hourNs)) return hours * hourNs;
  let days = 1n;
  while (!fits(days * dayNs) && days < 2n ** 30n) days *= 2n;
  return days * dayNs;
}
