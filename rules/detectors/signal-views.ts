import { rootMeanSquare } from "./root-mean-square.ts";

/** What one signal looks like from five sides; each is a number per row, or nothing yet. */
export interface SignalViews {
  /** The newest values, oldest first; at most `windowRows`. */
  window: number[];
  /** The first time there was; days begin there, so that the date of a series makes no difference. */
  originNs: number | null;
  /** Mean of each five minutes of the day when they were last seen. */
  readonly day: (number | null)[];
  /** The five minutes since the origin that are going on: their first value, the sum of differences from it, the count. */
  slot: number | null;
  slotFirst: number;
  slotSum: number;
  slotCount: number;
}

/** Rows that level and spread are taken over (chosen by leave-one-group-out; 24 to 144 differ little). */
const windowRows = 48;
const slotsOfDay = 288;
const slotNs = 300e9;

export const viewNames = ["value", "change", "level", "spread", "daily"] as const;

export const emptyViews = (): SignalViews => ({
  window: [],
  originNs: null,
  day: new Array<number | null>(slotsOfDay).fill(null),
  slot: null,
  slotFirst: 0,
  slotSum: 0,
  slotCount: 0,
});

/** A new time line: earlier times, and with them the days, mean nothing any more. */
export function forgetTimes(views: SignalViews): void {
  views.originNs = null;
  views.slot = null;
  views.day.fill(null);
}

/**
 * The five views of a row, in the order of `viewNames`, NaN where there is none yet: the value; its change since the row
 * before; mean and standard deviation of the last 48 rows; its difference from the same five minutes the day before
 * (none without times). Never looks ahead.
 */
export function stepViews(views: SignalViews, timeNs: number, value: number): number[] {
  const change = value - (views.window.at(-1) ?? Number.NaN);
  views.window.push(value);
  if (views.window.length > windowRows) views.window.shift();
  const isFull = views.window.length === windowRows;
  const level = isFull ? meanOf(views.window) : Number.NaN;
  return [value, change, level, spreadOf(views.window, level), dailyOf(views, timeNs, value)];
}

const meanOf = (values: readonly number[]): number => {
  // From the first value on, so that a large common offset costs no digits.
  const origin = values[0] ?? 0;
  let sum = 0;
  for (const value of values) sum += value - origin;
  return origin + sum / values.length;
};

const spreadOf = (values: readonly number[], level: number): number =>
  Number.isNaN(level) ? Number.NaN : rootMeanSquare(values.map((value) => value - level));

function dailyOf(views: SignalViews, timeNs: number, value: number): number {
  if (Number.isNaN(timeNs)) return Number.NaN;
  views.originNs ??= timeNs;
  const slot = Math.floor((timeNs - views.originNs) / slotNs);
  if (slot !== views.slot) {
    if (views.slot !== null)
      views.day[inDay(views.slot)] = views.slotFirst + views.slotSum / views.slotCount;
    views.slot = slot;
    views.slotFirst = value;
    views.slotSum = 0;
    views.slotCount = 0;
  }
  views.slotSum += value - views.slotFirst;
  views.slotCount++;
  return value - (views.day[inDay(slot)] ?? Number.NaN);
}

const inDay = (slot: number): number => ((slot % slotsOfDay) + slotsOfDay) % slotsOfDay;
