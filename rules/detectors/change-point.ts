import { type Detector, isValue, type Judgement } from "./detector.ts";
import { medianOf, robustSpread } from "./robust.ts";

export interface ChangePointState {
  /** Means of `stride` rows each, until there are enough to learn from. */
  learning: number[];
  stride: number;
  /** The mean that is being made: how many rows so far, and their sum of differences from its first. */
  part: { rows: number; first: number; sum: number };
  /** The time that was learned in, and the newest time; null before the first and where times are unknown. */
  spanNs: number;
  newestNs: number | null;
  /** What it was while learning, following slowly; null while it learns. */
  center: number | null;
  /** One standard deviation of a long mean, times the square root of its rows; 0 for what never moved. */
  scale: number;
  /** What a sum must pass: of the run length, or more where the days learned from have brought it further. */
  limit: number;
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
/** They span three days at least, where times are known: one day does not tell how days differ (engineering default). */
export const changePointLearnNs = 3 * 24 * 3600e9;
/** Half of the change that is found soonest, in scales: one scale. */
const slack = 0.5;
/** One false alarm in so many healthy rows when centre and scale are known exactly; see `limitFor`. */
const designedRows = 20_000;
/** A row counts no further out than this, in scales: one wild row is no change (Huber's choice is 1.5 to 3). */
const clip = 3;
/** Sums grow no further than this share of the limit, so that an end is seen, and end at that share. */
const mostShare = 1.5;
const clearShare = 0.5;
/** Every start and every noon swings: what the days learned from did, and as much again, is no change. */
const usualFactor = 2;
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
export const changePoint = (sides: "both" | "up" | "down" = "both"): Detector<ChangePointState> => {
  const limit = limitFor(sides === "both" ? 2 * designedRows : designedRows);
  return {
    initialState: () => ({
      ...{ learning: [], stride: 1, part: { rows: 0, first: 0, sum: 0 } },
      ...{ spanNs: 0, newestNs: null, center: null, scale: 0, limit, alarm: 0 },
      up: { sum: 0, rows: 0, total: 0 },
      down: { sum: 0, rows: 0, total: 0 },
    }),
    step(state, timeNs, values) {
      const value = values[0] ?? Number.NaN;
      if (!isValue(value)) return judgementOf(state, false);
      if (state.center === null || state.scale === 0) {
        learn(state, timeNs, value);
        return { novelty: 0, score: 0, isAlarm: false };
      }
      const away = Math.max(-clip, Math.min(clip, (value - state.center) / state.scale));
      if (sides !== "down") stepSide(state.up, away, mostShare * state.limit);
      if (sides !== "up") stepSide(state.down, -away, mostShare * state.limit);
      const wasAlarm = state.alarm !== 0;
      decide(state);
      if (state.alarm === 0) state.center += followRate * away * state.scale;
      return judgementOf(state, !wasAlarm && state.alarm !== 0);
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

function stepSide(side: CusumSide, away: number, most: number): void {
  side.sum = Math.min(most, Math.max(0, side.sum + away - slack));
  if (side.sum === 0) {
    side.rows = 0;
    side.total = 0;
    return;
  }
  side.rows++;
  side.total += away;
}

function decide(state: ChangePointState): void {
  const { up, down, limit } = state;
  const sum = state.alarm < 0 ? down.sum : up.sum;
  if (state.alarm !== 0 && sum >= clearShare * limit) return;
  state.alarm = up.sum > limit ? 1 : down.sum > limit ? -1 : 0;
}

function judgementOf({ up, down, alarm, limit }: ChangePointState, isOnset: boolean): Judgement {
  const share = Math.max(up.sum, down.sum) / limit;
  return { novelty: isOnset ? share : 0, score: share / (1 + share), isAlarm: alarm !== 0 };
}

/**
 * Keeps a row; once there are enough of them, of enough time, takes centre and scale from them. When there are too many
 * before that, neighbours become one mean. What never moved goes on learning.
 */
function learn(state: ChangePointState, timeNs: number, value: number): void {
  const isTimed = !Number.isNaN(timeNs);
  if (isTimed && state.newestNs !== null) state.spanNs += Math.max(0, timeNs - state.newestNs);
  if (isTimed) state.newestNs = timeNs;
  const { part, stride } = state;
  if (part.rows === 0) part.first = value;
  part.rows++;
  part.sum += value - part.first;
  if (part.rows < stride) return;
  state.learning.push(part.first + part.sum / part.rows);
  state.part = { rows: 0, first: 0, sum: 0 };
  const isLong = !isTimed || state.spanNs >= changePointLearnNs;
  const rows = state.learning;
  if (isLong && rows.length * stride >= changePointLearnRows) {
    state.center = medianOf(rows);
    state.scale = longScale(rows, state.center) * Math.sqrt(stride);
    state.limit = Math.max(state.limit, usualFactor * farthestSum(state, rows));
    state.learning = state.scale === 0 ? rows.slice(rows.length >> 1) : [];
  } else if (rows.length >= changePointLearnRows) {
    state.learning = pairMeans(rows);
    state.stride *= 2;
  }
}

/** How far a sum came on the rows learned from, on either side. */
function farthestSum({ center, scale, stride }: ChangePointState, rows: readonly number[]): number {
  if (center === null || scale === 0) return 0;
  const side = () => ({ sum: 0, rows: 0, total: 0 });
  const [up, down] = [side(), side()];
  let farthest = 0;
  for (const value of rows) {
    const away = Math.max(-clip, Math.min(clip, (value - center) / scale));
    for (let row = 0; row < stride; row++) {
      stepSide(up, away, Number.MAX_VALUE);
      stepSide(down, -away, Number.MAX_VALUE);
      farthest = Math.max(farthest, up.sum, down.sum);
    }
  }
  return farthest;
}

const pairMeans = (rows: readonly number[]): number[] =>
  Array.from({ length: rows.length >> 1 }, (_, at) => {
    const first = rows[2 * at] ?? 0;
    return first + ((rows[2 * at + 1] ?? first) - first) / 2;
  });

/** Standard deviation of a row (or mean of rows), times what likeness of neighbours adds to that of a mean of many rows. */
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
