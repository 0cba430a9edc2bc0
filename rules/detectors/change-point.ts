import { type Detector, isValue, type Judgement } from "./detector.ts";
import { medianOf, robustSpread } from "./robust.ts";

export interface ChangePointState {
  /** Rows kept until there are enough to learn from. */
  learning: number[];
  /** What it was while learning, following slowly; null while it learns. */
  center: number | null;
  /** One standard deviation of a long mean, times the square root of its rows; 0 for what never moved. */
  scale: number;
  /** Sums of what is above and below, in scales; and rows since each was last 0, with the sum of their differences. */
  readonly up: CusumSide;
  readonly down: CusumSide;
  /** 1 while the change is upwards, -1 while it is downwards, 0 while there is none. */
  alarm: -1 | 0 | 1;
}

interface CusumSide {
  sum: number;
  rows: number;
  total: number;
}

/** Rows that only teach (engineering default): the centre is then known to a tenth of a scale. */
export const changePointLearnRows = 300;
/** Half of the change that is found soonest, in scales: one scale. */
const slack = 0.5;
/** One false alarm in so many healthy rows when centre and scale are known exactly; see `limitFor`. */
const designedRows = 20_000;
/** A row counts no further out than this, in scales: one wild row is no change (Huber's choice is 1.5 to 3). */
const clip = 3;
/** Sums grow no further than this share of the limit, so that an end is seen, and end at that share. */
const mostShare = 1.5;
const clearShare = 0.5;
/** The centre follows healthy rows by this share: seasons are no change (engineering default). */
const followRate = 1 / 1_000;
const batches = 20;
const mostCorrelation = 0.98;

/**
 * Finds that the level of a signal has changed for good: two-sided CUSUM of robustly standardised rows. Centre and scale
 * come from the first rows; the scale is that of long means, so that rows which resemble their neighbours give no
 * false alarms. Both stand still in an alarm.
 *
 * @see README.md of this folder for sources and figures
 */
export const changePoint = (
  sides: "both" | "up" | "down" = "both",
  learnRows = changePointLearnRows,
): Detector<ChangePointState> => {
  const limit = limitFor(sides === "both" ? 2 * designedRows : designedRows);
  return {
    initialState: () => ({
      ...{ learning: [], center: null, scale: 0, alarm: 0 },
      up: { sum: 0, rows: 0, total: 0 },
      down: { sum: 0, rows: 0, total: 0 },
    }),
    step(state, _, values) {
      const value = values[0] ?? Number.NaN;
      if (!isValue(value)) return judgementOf(state, limit, false);
      if (state.center === null || state.scale === 0) {
        learn(state, value, learnRows);
        return { novelty: 0, score: 0, isAlarm: false };
      }
      const away = Math.max(-clip, Math.min(clip, (value - state.center) / state.scale));
      if (sides !== "down") stepSide(state.up, away, limit);
      if (sides !== "up") stepSide(state.down, -away, limit);
      const wasAlarm = state.alarm !== 0;
      decide(state, limit);
      if (state.alarm === 0) state.center += followRate * away * state.scale;
      return judgementOf(state, limit, !wasAlarm && state.alarm !== 0);
    },
  };
};

/** The level since the change began, and that from before; undefined while there is no change. */
export function changedLevel(
  state: ChangePointState,
): { level: number; before: number } | undefined {
  const { alarm, center, scale, up, down } = state;
  if (alarm === 0 || center === null) return undefined;
  const { rows, total } = alarm > 0 ? up : down;
  return { level: center + (alarm * scale * total) / Math.max(1, rows), before: center };
}

/**
 * The limit of a one-sided CUSUM with slack 1/2 whose average run length on healthy rows is `rows`.
 * @see D. Siegmund, Sequential Analysis (1985), 2.6: ARL = (exp(2kb) - 2kb - 1) / 2k², b = limit + 1.166
 */
export function limitFor(rows: number): number {
  let b = 1;
  for (let turn = 0; turn < 50; turn++) b = Math.log(2 * slack * slack * rows + 2 * slack * b + 1);
  return b / (2 * slack) - 1.166;
}

function stepSide(side: CusumSide, away: number, limit: number): void {
  side.sum = Math.min(mostShare * limit, Math.max(0, side.sum + away - slack));
  if (side.sum === 0) {
    side.rows = 0;
    side.total = 0;
    return;
  }
  side.rows++;
  side.total += away;
}

function decide(state: ChangePointState, limit: number): void {
  const { up, down } = state;
  const sum = state.alarm < 0 ? down.sum : up.sum;
  if (state.alarm !== 0 && sum >= clearShare * limit) return;
  state.alarm = up.sum > limit ? 1 : down.sum > limit ? -1 : 0;
}

function judgementOf(
  { up, down, alarm }: ChangePointState,
  limit: number,
  isOnset: boolean,
): Judgement {
  const share = Math.max(up.sum, down.sum) / limit;
  return { novelty: isOnset ? share : 0, score: share / (1 + share), isAlarm: alarm !== 0 };
}

/** Keeps a row; once there are enough, takes centre and scale from them. What never moved goes on learning. */
function learn(state: ChangePointState, value: number, learnRows: number): void {
  state.learning.push(value);
  if (state.learning.length < learnRows) return;
  const rows = state.learning;
  state.center = medianOf(rows);
  state.scale = longScale(rows, state.center);
  state.learning = state.scale === 0 ? rows.slice(rows.length >> 1) : [];
}

/** Standard deviation of a row, times what likeness of neighbours adds to that of a mean of many rows. */
function longScale(rows: readonly number[], center: number): number {
  const spread = robustSpread(rows, center);
  if (spread === 0) return 0;
  const away = rows.map((value) => Math.max(-clip, Math.min(clip, (value - center) / spread)));
  return spread * Math.sqrt(Math.max(1, byNeighbours(away), byBatches(away)));
}

/** What an autoregression of the first order adds: (1 + r) / (1 - r). */
function byNeighbours(away: readonly number[]): number {
  let products = 0;
  let squares = 0;
  away.forEach((one, at) => {
    squares += one * one;
    products += one * (away[at + 1] ?? 0);
  });
  const likeness = Math.min(mostCorrelation, squares === 0 ? 0 : products / squares);
  return (1 + likeness) / (1 - likeness);
}

/** What the scatter of batch means shows, where likeness reaches further than to the neighbour. */
function byBatches(away: readonly number[]): number {
  const size = Math.floor(away.length / batches);
  if (size < 2) return 1;
  const means = Array.from({ length: batches }, (_, batch) => {
    const rows = away.slice(batch * size, (batch + 1) * size);
    return rows.reduce((sum, one) => sum + one, 0) / size;
  });
  const mean = means.reduce((sum, one) => sum + one, 0) / batches;
  const variance = means.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (batches - 1);
  return variance * size;
}
