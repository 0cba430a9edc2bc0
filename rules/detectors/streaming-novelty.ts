import { type Detector, isValue } from "./detector.ts";
import { emptyRange, type RecordRange, stepRange } from "./record-range.ts";
import { noRest, type Rest, stepRest } from "./rest.ts";
import { emptyViews, type SignalViews, stepViews, viewNames } from "./signal-views.ts";

export interface StreamingNoveltyState {
  readonly views: SignalViews;
  readonly ranges: RecordRange[];
  readonly rest: Rest;
  /** The largest novelty of late, fading. */
  held: number;
  /** Rows that the alarm still lasts. */
  alarmRows: number;
}

/** Rows that only teach when nothing else is said (engineering default: twice the longest window). */
export const noveltyLearnRows = 100;

/**
 * Sum of the five views' records that is an alarm, in usual records of a mature range: one false alarm in about 8,000
 * rows, on 27 labelled series (servers, traffic, sales, temperatures) as on simulated noise. 0.5 to 0.7 differ little.
 */
const alarmLimit = 0.6;
/** An alarm lasts this long, so that neighbouring rows are one alarm (engineering default). */
const alarmLength = 10;
/** What is left of the score's novelty from row to row: half after 69 rows (engineering default). */
const fading = 0.99;

/**
 * Finds what a signal has never done before: leaves its range, jumps, shifts its level, becomes restless, or differs from
 * the day before as never. For one signal; a missing value is no row for the views.
 *
 * @param learnRows values per view that only teach
 * @see README.md of this folder for sources and figures
 */
export const streamingNovelty = (
  learnRows = noveltyLearnRows,
): Detector<StreamingNoveltyState> => ({
  initialState: () => ({
    views: emptyViews(),
    ranges: viewNames.map(emptyRange),
    rest: noRest(),
    held: 0,
    alarmRows: 0,
  }),
  step(state, timeNs, values) {
    const value = values[0] ?? Number.NaN;
    const sum = isValue(value) ? recordsOf(state, { timeNs, value, learnRows }) : 0;
    const novelty = stepRest(state.rest, sum / alarmLimit);
    state.held = Math.max(novelty, state.held * fading);
    state.alarmRows = novelty >= 1 ? alarmLength : Math.max(0, state.alarmRows - 1);
    return { novelty, score: state.held / (1 + state.held), isAlarm: state.alarmRows > 0 };
  },
});

interface Row {
  readonly timeNs: number;
  readonly value: number;
  readonly learnRows: number;
}

function recordsOf(state: StreamingNoveltyState, { timeNs, value, learnRows }: Row): number {
  const seen = stepViews(state.views, timeNs, value);
  let sum = 0;
  state.ranges.forEach((range, view) => {
    const of = seen[view] ?? Number.NaN;
    if (!Number.isNaN(of)) sum += stepRange(range, of, learnRows);
  });
  return sum;
}
