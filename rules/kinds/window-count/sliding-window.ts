import { listOf } from "../../engine/cells.ts";

export const mostOnsets = 64;
/** The window moves on by this share of itself (engineering default). */
const partCount = 24;

/**
 * What happened in a window that ends now: onsets one by one, time in parts of the window. Numbers of a rule's state, from
 * `window` on.
 */
export const windowCells = {
  /** Time spent beyond, in all and by part of the window; which part the newest is. */
  "window.totalNs": 0,
  "window.part": 0,
  ...listOf("window.parts", partCount, 0),
  /** Begins of the stays that count, oldest first, and how many there are. */
  "window.onsetsNs.length": 0,
  ...listOf("window.onsetsNs", mostOnsets, 0),
};
const totalAt = 0;
const partAt = 1;
const partsAt = 2;
const countAt = partsAt + partCount;
const onsetsAt = countAt + 1;

export const totalOf = (numbers: Float64Array, window: number): number =>
  numbers[window + totalAt] as number;
export const onsetCount = (numbers: Float64Array, window: number): number =>
  numbers[window + countAt] as number;
/** NaN without any. */
export const firstOnset = (numbers: Float64Array, window: number): number =>
  onsetCount(numbers, window) > 0 ? (numbers[window + onsetsAt] as number) : Number.NaN;

/** Lets go of what is older than the window. */
export function moveWindow(
  numbers: Float64Array,
  window: number,
  windowNs: number,
  timeNs: number,
): void {
  while (timeNs - firstOnset(numbers, window) > windowNs) dropOldest(numbers, window);
  const part = Math.floor(timeNs / (windowNs / partCount));
  const before = numbers[window + partAt] as number;
  if (part === before) return;
  const parts = window + partsAt;
  const passed = Math.min(partCount, Math.abs(part - before));
  for (let step = 0; step < passed; step++) numbers[parts + placeOf(part - step)] = 0;
  let total = 0;
  for (let place = 0; place < partCount; place++) total += numbers[parts + place] as number;
  numbers[window + partAt] = part;
  numbers[window + totalAt] = total;
}

/** Adds time that was spent beyond, up to now; the window must have been moved. */
export function spendInWindow(numbers: Float64Array, window: number, ns: number): void {
  const place = window + partsAt + placeOf(numbers[window + partAt] as number);
  numbers[place] = (numbers[place] as number) + ns;
  numbers[window + totalAt] = totalOf(numbers, window) + ns;
}

export function noteOnset(numbers: Float64Array, window: number, timeNs: number): void {
  if (onsetCount(numbers, window) === mostOnsets) dropOldest(numbers, window);
  const count = onsetCount(numbers, window);
  numbers[window + onsetsAt + count] = timeNs;
  numbers[window + countAt] = count + 1;
}

function dropOldest(numbers: Float64Array, window: number): void {
  const count = onsetCount(numbers, window);
  const onsets = window + onsetsAt;
  numbers.copyWithin(onsets, onsets + 1, onsets + count);
  numbers[window + countAt] = count - 1;
}

const placeOf = (part: number): number => ((part % partCount) + partCount) % partCount;
