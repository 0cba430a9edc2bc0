import { createRandom, shuffle } from "../seeded-random.ts";
import { cyclesLeft, type History, thinned, thinning } from "./history.ts";
import { type IntervalTable, learnIntervals } from "./interval-table.ts";
import { fitLife, type LifeRegression, mostRows, predictLeft } from "./life-regression.ts";

/** What was learned from histories that ran to failure. */
export interface LifeModel {
  readonly regression: LifeRegression;
  readonly intervals: IntervalTable;
}

export interface TrainingOptions {
  /** The same seed and histories give the same model. */
  readonly seed: number;
  /** Called now and then with the share that is done, 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

/** Boostings in the model, and in each of those that tell its errors. Engineering defaults. */
const memberCount = 6;
const memberCountOfFold = 2;
const memberCountOfOne = 1;
/** With up to ten units each is left out once, with more a fifth of them. */
const mostFoldsOfOne = 10;
const foldCount = 5;

/**
 * Learns from histories whose last row is the failure; two at least, the same signals in each. Takes seconds, all of them
 * on the thread that calls: call it from a worker. Memory: the features of at most 7,000 rows.
 */
export function trainLifeModel(
  histories: readonly History[],
  { seed, onProgress }: TrainingOptions,
): LifeModel {
  const random = createRandom(seed);
  const folds = foldsOf(histories, random);
  let done = 0;
  const isOneEach = folds.length === histories.length;
  const memberCountOfEach = isOneEach ? memberCountOfOne : memberCountOfFold;
  const whole = folds.length * memberCountOfEach + memberCount;
  const onMember = () => onProgress?.(++done / whole);

  const predicted: number[] = [];
  const actual: number[] = [];
  const weight: number[] = [];
  const step = thinning(histories, mostRows);
  for (const fold of folds) {
    const others = histories.filter((history) => !fold.has(history));
    const regression = fitLife(others, { memberCount: memberCountOfEach, random, onMember });
    for (const history of fold) {
      const rows = thinned(history, step);
      predicted.push(...predictLeft(regression, history, rows));
      actual.push(...rows.map((row) => cyclesLeft(history, row)));
      weight.push(...rows.map(() => 1 / rows.length));
    }
  }
  return {
    regression: fitLife(histories, { memberCount, random, onMember }),
    intervals: learnIntervals({ predicted, actual, weight, unitCount: histories.length }),
  };
}

/** Whole units in each: rows of one unit are too much alike to test a model that has seen some of them. */
function foldsOf(histories: readonly History[], random: () => number): Set<History>[] {
  const count = histories.length <= mostFoldsOfOne ? histories.length : foldCount;
  const mixed = shuffle([...histories], random);
  return Array.from(
    { length: count },
    (_, fold) => new Set(mixed.filter((_, at) => at % count === fold)),
  );
}
