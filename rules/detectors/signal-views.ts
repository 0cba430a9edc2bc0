/** What one signal looks like from five sides; each is a number per row, or nothing yet. */
export interface SignalViews {
  /** The newest values, oldest first; at most `windowRows`. */
  window: number[];
  /** Mean of each quarter hour of the day when it was last seen. */
  readonly day: (number | null)[];
  /** The quarter hour since 1970 that is going on, and its sum and count. */
  quarter: number | null;
  quarterSum: number;
  quarterCount: number;
}

/** Rows that level and spread are taken over (chosen by leave-one-group-out; 24 to 144 differ little). */
const windowRows = 48;
const quartersOfDay = 96;
const quarterNs = 900e9;

export const viewNames = ["value", "change", "level", "spread", "daily"] as const;

export const emptyViews = (): SignalViews => ({
  window: [],
  day: new Array<number | null>(quartersOfDay).fill(null),
  quarter: null,
  quarterSum: 0,
  quarterCount: 0,
});

/**
 * The five views of a row, in the order of `viewNames`, NaN where there is none yet: the value; its change since the row
 * before; mean and standard deviation of the last 48 rows; its difference from the same quarter hour the day before
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

function spreadOf(values: readonly number[], level: number): number {
  let sum = 0;
  for (const value of values) sum += (value - level) ** 2;
  return Math.sqrt(sum / values.length);
}

function dailyOf(views: SignalViews, timeNs: number, value: number): number {
  if (Number.isNaN(timeNs)) return Number.NaN;
  const quarter = Math.floor(timeNs / quarterNs);
  if (quarter !== views.quarter) {
    if (views.quarter !== null)
      views.day[slotOf(views.quarter)] = views.quarterSum / views.quarterCount;
    views.quarter = quarter;
    views.quarterSum = 0;
    views.quarterCount = 0;
  }
  views.quarterSum += value;
  views.quarterCount++;
  return value - (views.day[slotOf(quarter)] ?? Number.NaN);
}

const slotOf = (quarter: number): number =>
  ((quarter % quartersOfDay) + quartersOfDay) % quartersOfDay;
