import { shuffle } from "../seeded-random.ts";
import type { BinnedColumns } from "./binned-columns.ts";
import { answerOf, growTree, type RegressionTree, type TreeSettings } from "./regression-tree.ts";

export interface BoostedTrees {
  readonly base: number;
  readonly rate: number;
  readonly trees: readonly RegressionTree[];
}

export interface BoostingSettings extends TreeSettings {
  readonly treeCount: number;
  readonly rate: number;
  /** Share of the rows that each tree sees. */
  readonly rowShare: number;
  /** Share of the columns that each tree sees. */
  readonly columnShare: number;
}

export interface BoostingTask {
  readonly data: BinnedColumns;
  /** One number per row of `data`. */
  readonly target: Float64Array;
  /** Rows to learn from. */
  readonly rows: Int32Array;
  /** Columns that may be used. */
  readonly columns: readonly number[];
}

/**
 * Fits `target` by gradient boosting with least-squares trees, each on a random part of rows and columns. The same
 * `random` sequence gives the same trees.
 * @see Friedman 2002, "Stochastic gradient boosting", Computational Statistics & Data Analysis 38
 */
export function boost(
  { data, target, rows, columns }: BoostingTask,
  settings: BoostingSettings,
  random: () => number,
): BoostedTrees {
  const residuals = new Float64Array(data.rowCount);
  let sum = 0;
  for (const row of rows) sum += target[row] ?? 0;
  const base = sum / Math.max(1, rows.length);
  for (const row of rows) residuals[row] = (target[row] ?? 0) - base;
  const columnCount = Math.max(1, Math.round(columns.length * settings.columnShare));
  const trees: RegressionTree[] = [];
  for (let at = 0; at < settings.treeCount; at++) {
    const seen = shuffle([...columns], random).slice(0, columnCount);
    const sample = rows.filter(() => random() < settings.rowShare);
    seen.sort((a, b) => a - b);
    const tree = growTree({ data, residuals, rows: sample, columns: seen, settings });
    trees.push(tree);
    for (const row of rows)
      residuals[row] = (residuals[row] ?? 0) - settings.rate * answerOfBinned(tree, data, row);
  }
  return { base, rate: settings.rate, trees };
}

function answerOfBinned(tree: RegressionTree, data: BinnedColumns, row: number): number {
  let node = 0;
  for (;;) {
    const feature = tree.feature[node] ?? -1;
    if (feature < 0) return tree.value[node] ?? 0;
    const bin = data.bins[feature]?.[row] ?? 0;
    node = 2 * node + (bin <= (tree.bin[node] ?? 0) ? 1 : 2);
  }
}

/** What the trees say of row `row` of columns of raw values. */
export function predict(
  model: BoostedTrees,
  columns: readonly Float64Array[],
  row: number,
): number {
  let sum = model.base;
  for (const tree of model.trees) sum += model.rate * answerOf(tree, columns, row);
  return sum;
}
