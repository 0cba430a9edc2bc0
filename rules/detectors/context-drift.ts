import { type Detector, isValue, type Judgement } from "./detector.ts";
import { addMoments, type Explained, emptyMoments, explain, type Moments } from "./moments.ts";

export interface ContextDriftState {
  /** Rows taught, the time that they span, and the time of the newest; null before the first. */
  rows: number;
  spanNs: number;
  newestNs: number | null;
  /** Of the signal and what explains it. */
  readonly moments: Moments;
  /** What explains it has been between these while learning. */
  low: (number | null)[];
  high: (number | null)[];
  /** Rows beyond that which wait until there are enough of them to have learned there. */
  outside: { rows: number; low: (number | null)[]; high: (number | null)[] };
  explained: Explained | null;
  /** Rows that still teach how far the fast mean strays. */
  proving: number;
  /** Means of what is not explained, in its standard deviations: of about 10 rows, and of about 1,000. */
  fast: number;
  slow: number;
  squares: number;
  healthyRows: number;
  /** Rows on end beyond the limit. */
  over: number;
  isAlarm: boolean;
}

export interface ContextDriftOptions {
  /** Rows that only teach, and the time that they must span at least. */
  readonly learnRows?: number;
  readonly learnNs?: number;
  readonly sides?: "both" | "up" | "down";
}

/** Engineering defaults: with rows of ten minutes a day of operation, spread over three days. */
export const driftLearnRows = 144;
export const driftLearnNs = 3 * 24 * 3600e9;

const fastRate = 0.1;
/** The slow mean follows healthy rows: half of a shift that is no alarm is forgotten in some 700 rows. */
const slowRate = 1 / 1_000;
/** What averaging leaves of white noise: nothing is steadier than that. */
const whiteRms = Math.sqrt(fastRate / (2 - fastRate));
/** So many root mean squares of the fast mean about the slow one are an alarm ... */
const alarmScales = 6;
/** ... when they last for so many rows; it ends at half of that. */
const alarmRows = 6;
const clearShare = 0.5;
/** A row counts no further out than this, in standard deviations. */
const clip = 4;
/** Rows beyond what was seen while learning that must have taught before such rows are judged. */
const outsideRows = 30;
const rangeMargin = 0.05;
/** Rows that the scale is learned from. */
const scaleRows = 1_000;
/** Huber's proposal 2: rows count up to 1.5 times the scale; 0.7785 is what is then left of a normal variance. */
const huber = 1.5;
const keptVariance = 0.7785;

/**
 * Finds that a signal drifts away from the machine's own past under the same conditions: what load, ambient temperature
 * or speed do not explain of it, by a regression on the machine's own first days. Conditions that were never seen teach
 * and are not judged. Everything stands still in an alarm. The first value is the signal's, the others explain it.
 *
 * @param explaining how many values explain the signal
 * @see README.md of this folder for sources and figures
 */
export const contextDrift = (
  explaining: number,
  { learnRows = driftLearnRows, learnNs = driftLearnNs, sides = "both" }: ContextDriftOptions = {},
): Detector<ContextDriftState> => ({
  initialState: () => ({
    ...{ rows: 0, spanNs: 0, newestNs: null, moments: emptyMoments(explaining + 1) },
    ...{ low: blank(explaining), high: blank(explaining) },
    outside: { rows: 0, low: blank(explaining), high: blank(explaining) },
    ...{ explained: null, proving: 0, fast: 0, slow: 0, squares: 0, healthyRows: 0 },
    ...{ over: 0, isAlarm: false },
  }),
  step(state, timeNs, values) {
    if (!values.every(isValue)) return quiet(state);
    if (state.explained === null) {
      learn(state, timeNs, values);
      if (state.rows >= learnRows && state.spanNs >= learnNs) begin(state, learnRows >> 1);
      return quiet(state);
    }
    if (isOutside(state, values)) {
      if (!state.isAlarm) learnOutside(state, values);
      return quiet(state);
    }
    return judge(state, state.explained, { values, sides });
  },
});

/** What the signal is expected to be, and what it is, in its unit; undefined while nothing is judged. */
export function driftedLevel({
  explained,
  fast,
  slow,
  moments,
}: ContextDriftState): { level: number; expected: number } | undefined {
  if (explained === null) return undefined;
  const mean = moments.means[0] ?? 0;
  return { level: mean + (fast - slow) * explained.spread, expected: mean };
}

const blank = (count: number): null[] => new Array<null>(count).fill(null);

function quiet({ isAlarm }: ContextDriftState): Judgement {
  return { novelty: 0, score: isAlarm ? 0.5 : 0, isAlarm };
}

function learn(state: ContextDriftState, timeNs: number, values: Float64Array): void {
  state.rows++;
  if (state.newestNs !== null) state.spanNs += Math.max(0, timeNs - state.newestNs);
  state.newestNs = timeNs;
  addMoments(state.moments, values);
  widen(state, values);
}

function widen(range: Pick<ContextDriftState, "low" | "high">, values: Float64Array): void {
  for (let place = 1; place < values.length; place++) {
    const value = values[place] ?? 0;
    range.low[place - 1] = Math.min(range.low[place - 1] ?? value, value);
    range.high[place - 1] = Math.max(range.high[place - 1] ?? value, value);
  }
}

/** Learns the regression from the moments, and has some rows teach how far the fast mean strays. */
function begin(state: ContextDriftState, proving: number): void {
  state.explained = explain(state.moments);
  state.proving = proving;
}

function isOutside({ low, high }: ContextDriftState, values: Float64Array): boolean {
  for (let place = 1; place < values.length; place++) {
    const value = values[place] ?? 0;
    const from = low[place - 1] ?? value;
    const to = high[place - 1] ?? value;
    const margin = (to - from) * rangeMargin;
    if (value < from - margin || value > to + margin) return true;
  }
  return false;
}

function learnOutside(state: ContextDriftState, values: Float64Array): void {
  const { outside } = state;
  addMoments(state.moments, values);
  outside.rows++;
  widen(outside, values);
  if (outside.rows < outsideRows) return;
  for (let at = 0; at < state.low.length; at++) {
    state.low[at] = Math.min(state.low[at] ?? 0, outside.low[at] ?? 0);
    state.high[at] = Math.max(state.high[at] ?? 0, outside.high[at] ?? 0);
  }
  const explaining = state.low.length;
  state.outside = { rows: 0, low: blank(explaining), high: blank(explaining) };
  begin(state, outsideRows);
}

interface DriftRow {
  readonly values: Float64Array;
  readonly sides: "both" | "up" | "down";
}

function judge(
  state: ContextDriftState,
  explained: Explained,
  { values, sides }: DriftRow,
): Judgement {
  if (explained.spread === 0) return quiet(state);
  const rest = Math.max(-clip, Math.min(clip, restOf(state, explained, values)));
  state.fast += fastRate * (rest - state.fast);
  const away = state.fast - state.slow;
  const isProving = state.proving > 0;
  if (isProving) state.proving--;
  const rms = state.healthyRows === 0 ? 0 : Math.sqrt(state.squares / state.healthyRows);
  const limit = alarmScales * Math.max(rms, whiteRms);
  const size = sides === "up" ? away : sides === "down" ? -away : Math.abs(away);
  const share = isProving ? 0 : Math.max(0, size / limit);
  state.over = share > 1 ? Math.min(state.over + 1, alarmRows) : 0;
  const wasAlarm = state.isAlarm;
  state.isAlarm = state.over >= alarmRows || (wasAlarm && share >= clearShare);
  if (isProving) prove(state);
  else if (!state.isAlarm && share < clearShare) follow(state, rest, rms);
  const isOnset = state.isAlarm && !wasAlarm;
  return { novelty: isOnset ? share : 0, score: share / (1 + share), isAlarm: state.isAlarm };
}

function prove(state: ContextDriftState): void {
  state.squares += (state.fast - state.slow) ** 2;
  state.healthyRows++;
}

/** A healthy row moves the slow mean, and adds to the scale while that is young: a slow drift must not widen it. */
function follow(state: ContextDriftState, rest: number, rms: number): void {
  state.slow += slowRate * (rest - state.slow);
  if (state.healthyRows >= scaleRows) return;
  const square = Math.min((state.fast - state.slow) ** 2, (huber * Math.max(rms, whiteRms)) ** 2);
  state.squares += square / keptVariance;
  state.healthyRows++;
}

/** What is not explained of a row, in its standard deviations. */
function restOf(
  { moments }: ContextDriftState,
  { weights, spread }: Explained,
  values: Float64Array,
): number {
  let expected = moments.means[0] ?? 0;
  for (let place = 1; place < values.length; place++)
    expected += (weights[place - 1] ?? 0) * ((values[place] ?? 0) - (moments.means[place] ?? 0));
  return ((values[0] ?? 0) - expected) / spread;
}
