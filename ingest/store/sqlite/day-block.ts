import type { FleetRows } from "../fleet-rows.ts";
import type { Rollup } from "./rollup.ts";

/**
 * The 24 hours of one UTC day of one series, uncompressed so that one hour is put in place and 10,000 machines are read
 * at once: doubles min, max and sum by hour, then counts and errors as 32 bits, in the host's (little endian) order.
 */
const hours = 24;
const blockBytes = hours * (3 * 8 + 2 * 4);

/** An hour counted from the epoch as its UTC day and its hour in it. */
export function dayOf(hour: number): { readonly day: number; readonly hourOfDay: number } {
  const day = Math.floor(hour / hours);
  return { day, hourOfDay: hour - day * hours };
}

/** The block with one hour put in place of what it said of it; a fresh one from nothing. */
export function putHour(block: Uint8Array | undefined, hour: number, rollup: Rollup): Uint8Array {
  const bytes = new Uint8Array(blockBytes);
  if (block) bytes.set(block);
  const { doubles, counts } = viewOf(bytes);
  const isGood = rollup.count > 0;
  doubles[hour] = isGood ? rollup.min : 0;
  doubles[hours + hour] = isGood ? rollup.max : 0;
  doubles[2 * hours + hour] = rollup.sum;
  counts[hour] = rollup.count;
  counts[hours + hour] = rollup.errors;
  return bytes;
}

export const isEmptyDay = (block: Uint8Array): boolean =>
  viewOf(block).counts.every((count) => count === 0);

/** Adds the hours of a day (counted from the epoch) to the present machine's. */
export function addDay(into: FleetRows, day: number, block: Uint8Array): void {
  const { doubles, counts } = viewOf(block);
  const sum = { count: 0, errors: 0, min: 0, max: 0, sum: 0 };
  for (let hour = 0; hour < hours; hour++) {
    sum.count = counts[hour] ?? 0;
    sum.errors = counts[hours + hour] ?? 0;
    if (sum.count + sum.errors === 0) continue;
    sum.min = doubles[hour] ?? 0;
    sum.max = doubles[hours + hour] ?? 0;
    sum.sum = doubles[2 * hours + hour] ?? 0;
    into.add(day * hours + hour, sum);
  }
}

function viewOf(block: Uint8Array): { doubles: Float64Array; counts: Uint32Array } {
  const bytes = block.byteOffset % 8 === 0 ? block : block.slice();
  const { buffer, byteOffset } = bytes;
  return {
    doubles: new Float64Array(buffer, byteOffset, 3 * hours),
    counts: new Uint32Array(buffer, byteOffset + 3 * hours * 8, 2 * hours),
  };
}
