import { type Detector, isValue, type Judgement } from "./detector.ts";
import {
  type DriftView,
  driftOf,
  emptyDrift,
  followDrift,
  holdDrift,
  stepDrift,
  teachDrift,
} from "./drift-view.ts";
import { type Relations, relationsOf, standardise, unexplained } from "./relations.ts";
import { noRest, type Rest, stepRest } from "./rest.ts";

export interface MultivariateState {
  /** Newest value of each signal, null before its first. */
  readonly newest: (number | null)[];
  rows: number;
  /** Rows kept until there are enough to learn from: at most `keptRows`, complete as soon as there is one. */
  learning: (number | null)[][];
  relations: Relations | null;
  /** Of each signal its value, then what the others do not explain of it, then the size of that. */
  views: DriftView[];
  /** How far each view came while it was taught more than the first rows, in alarm limits; empty before. */
  usual: number[];
  readonly rest: Rest;
  held: number;
}

/** Rows that only teach when nothing else is said (engineering default). */
export const multivariateLearnRows = 400;
/** With fewer, relations between signals are chance. */
export const fewestLearnRows = 40;
const keptRows = 400;

/**
 * Scales between fast and slow mean that are an alarm: none in 180,000 rows of simulated noise, one in about 1,000 rows
 * of a healthy pump rig, whose temperatures do turn. Chosen on labelled recordings, where 5.25 to 6.25 differ little.
 */
const alarmScales = 5.75;
/** The size of the unexplained has a longer tail than a mean has. */
const sizeScales = 2 * alarmScales;
/** What the days learned from did, and as much again, is no alarm (engineering default). */
const usualFactor = 2;
/** One wild row is one wild row: its size counts no more than this (engineering default). */
const largestSize = 6;
/** What is left of the score from row to row once the trouble is over: half after 14 rows (engineering default). */
const fading = 0.95;

/**
 * Finds when signals leave their own slow past or one another: means of some 10 rows against means of some 200, of
 * every signal, of what the other signals do not explain of it, and of the size of that. Slow means stand still where
 * there is an alarm and follow where there is none, so that a warming machine is no fault. For two signals and more; a
 * missing value counts as the one before, and a signal that said nothing while the others taught is left out.
 *
 * @param learnRows rows that only teach, at least `fewestLearnRows`
 * @see README.md of this folder for sources and figures
 */
export const multivariate = (
  signals: number,
  learnRows = multivariateLearnRows,
): Detector<MultivariateState> => ({
  initialState: () => ({
    newest: new Array<number | null>(signals).fill(null),
    rows: 0,
    learning: [],
    relations: null,
    views: [],
    usual: [],
    rest: noRest(),
    held: 0,
  }),
  step(state, _, values) {
    state.rows++;
    values.forEach((value, signal) => {
      if (isValue(value)) state.newest[signal] = value;
    });
    if (state.relations === null) keep(state, learnRows);
    else if (state.rows <= learnRows) teach(state, state.relations, whole(state.newest));
    else return judge(state, state.relations, whole(state.newest));
    return quiet(state);
  },
});

/** What is left out stands still. */
const whole = (row: readonly (number | null)[]): number[] => row.map((value) => value ?? 0);

function quiet(state: MultivariateState): Judgement {
  stepRest(state.rest, 0);
  return { novelty: 0, score: 0, isAlarm: false };
}

/** Keeps a row; once there are enough, learns relations from the first half and scales from nearly all. */
function keep(state: MultivariateState, learnRows: number): void {
  const { newest } = state;
  if (newest.every((value) => value === null)) return;
  const isComplete = !newest.includes(null);
  if (isComplete && state.learning[0]?.includes(null)) state.learning = [];
  state.learning.push([...newest]);
  if (state.learning.length > keptRows) state.learning.shift();
  const isTime = state.rows >= learnRows;
  if (!isTime && !(isComplete && state.learning.length >= keptRows)) return;
  const isKnown = (row: readonly (number | null)[]) =>
    row.every((value, signal) => value !== null || newest[signal] === null);
  const rows = state.learning.filter(isKnown).map(whole);
  if (rows.length < fewestLearnRows) return;
  const relations = relationsOf(rows.slice(0, rows.length >> 1));
  state.relations = relations;
  state.views = Array.from({ length: 3 * newest.length }, emptyDrift);
  rows.forEach((one, at) => {
    for (const [view, value] of viewsOf(state, relations, one))
      teachDrift(view, value, at >= rows.length / 4);
  });
  state.learning = [];
}

function teach(state: MultivariateState, relations: Relations, row: readonly number[]): void {
  viewsOf(state, relations, row).forEach(([view, value], at) => {
    teachDrift(view, value, true);
    state.usual[at] = Math.max(state.usual[at] ?? 0, driftOf(view) / scalesOf(at, row.length));
  });
}

/** Scales that are an alarm, of a view by its place. */
const scalesOf = (at: number, signals: number): number =>
  at < 2 * signals ? alarmScales : sizeScales;

function judge(state: MultivariateState, relations: Relations, row: readonly number[]): Judgement {
  const pairs = viewsOf(state, relations, row);
  const limits = pairs.map(
    ([view, value], at) =>
      stepDrift(view, value) /
      scalesOf(at, row.length) /
      Math.max(1, usualFactor * (state.usual[at] ?? 0)),
  );
  const worst = Math.max(...limits);
  const isAlarm = worst > 1;
  pairs.forEach(([view, value], at) => {
    if (isAlarm) holdDrift(view, value, (limits[at] ?? 0) > 1);
    else followDrift(view, value);
  });
  state.held = Math.max(worst, state.held * fading);
  const novelty = stepRest(state.rest, worst);
  return { novelty, score: state.held / (1 + state.held), isAlarm };
}

function viewsOf(
  state: MultivariateState,
  relations: Relations,
  row: readonly number[],
): [DriftView, number][] {
  const scaled = standardise(relations, row);
  const residuals = unexplained(relations, scaled);
  const sizes = residuals.map((residual) => Math.min(largestSize, Math.abs(residual)));
  const values = [...scaled, ...residuals, ...sizes];
  return state.views.map((view, at) => [view, values[at] ?? 0]);
}

/** How far each signal is part of what is found, in alarm limits; its present level and its slow one, in its unit. */
export function partsOf(
  state: MultivariateState,
): { signal: number; share: number; level: number; usual: number }[] {
  const { relations, views } = state;
  if (relations === null) return [];
  return relations.centers.map((center, signal) => {
    const count = relations.centers.length;
    const own = views[signal] ?? emptyDrift();
    const rest = views[count + signal] ?? emptyDrift();
    const size = views[2 * count + signal] ?? emptyDrift();
    const spread = relations.spreads[signal] ?? 1;
    return {
      signal,
      share: Math.max(
        driftOf(own) / alarmScales,
        driftOf(rest) / alarmScales,
        driftOf(size) / sizeScales,
      ),
      level: center + own.fast * spread,
      usual: center + own.slow * spread,
    };
  });
}
