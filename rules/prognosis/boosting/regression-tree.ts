import { type BinnedColumns, mostBins } from "./binned-columns.ts";

/**
 * A complete binary tree: node `n` has children `2n + 1` (value up to and including the threshold) and `2n + 2`. A node
 * that was not split has `feature` -1.
 */
export interface RegressionTree {
  readonly feature: Int32Array;
  readonly threshold: Float64Array;
  /** The same as the last bin that goes left. */
  readonly bin: Int32Array;
  /** What is answered where the way ends at this node. */
  readonly value: Float64Array;
}

export interface TreeSettings {
  readonly depth: number;
  /** Fewest rows on a side of a split. */
  readonly fewestRows: number;
  /** Pulls leaves of few rows towards 0: as many rows of 0 are added. */
  readonly shrinkage: number;
}

interface Growing {
  readonly data: BinnedColumns;
  readonly residuals: Float64Array;
  readonly rows: Int32Array;
  readonly columns: readonly number[];
  readonly settings: TreeSettings;
}

interface Split {
  readonly gain: number;
  readonly column: number;
  readonly bin: number;
}

/**
 * Grows a least-squares tree on `residuals` of the given rows and columns, level by level. Ties go to the earlier column.
 * @see Friedman 2001, "Greedy function approximation: a gradient boosting machine", algorithm 3 (least squares)
 */
export function growTree(growing: Growing): RegressionTree {
  const { settings, rows, data } = growing;
  const nodeCount = 2 ** (settings.depth + 1) - 1;
  const tree = {
    feature: new Int32Array(nodeCount).fill(-1),
    threshold: new Float64Array(nodeCount),
    bin: new Int32Array(nodeCount),
    value: new Float64Array(nodeCount),
  };
  const nodeOfRow = new Int32Array(rows.length);
  for (let level = 0; level < settings.depth; level++) {
    const splits = splitsOfLevel(growing, nodeOfRow, level);
    const first = 2 ** level - 1;
    let any = false;
    splits.forEach((split, at) => {
      if (split === undefined) return;
      any = true;
      tree.feature[first + at] = split.column;
      tree.threshold[first + at] = data.edges[split.column]?.[split.bin] ?? 0;
      tree.bin[first + at] = split.bin;
    });
    if (!any) break;
    descend(growing, nodeOfRow, splits, first);
  }
  fillValues(growing, nodeOfRow, tree.value);
  return tree;
}

/** Best split of each node of a level. */
function splitsOfLevel(
  growing: Growing,
  nodeOfRow: Int32Array,
  level: number,
): (Split | undefined)[] {
  const width = 2 ** level;
  const best: (Split | undefined)[] = new Array(width).fill(undefined);
  const open = openRows(growing, nodeOfRow, width);
  const sums = new Float64Array(width * mostBins);
  const counts = new Int32Array(width * mostBins);
  for (const column of growing.columns) {
    const bins = growing.data.bins[column];
    const binCount = (growing.data.edges[column]?.length ?? 0) + 1;
    if (bins === undefined || binCount === 1) continue;
    sums.fill(0);
    counts.fill(0);
    fillCells(open, bins, sums, counts);
    for (let node = 0; node < width; node++) {
      const sum = open.nodeSums[node] ?? 0;
      const count = open.nodeCounts[node] ?? 0;
      if (count < 2 * growing.settings.fewestRows) continue;
      const cells = { sums, counts, from: node * mostBins, binCount, sum, count };
      const split = bestSplit(cells, column, growing.settings);
      if (split && split.gain > (best[node]?.gain ?? 0)) best[node] = split;
    }
  }
  return best;
}

/** The rows whose way has not ended, side by side: the loop over them runs for every column. */
interface OpenRows {
  readonly rows: Int32Array;
  /** Where the cells of each row's node begin. */
  readonly cells: Int32Array;
  readonly residuals: Float64Array;
  /** Of the rows of each node. */
  readonly nodeSums: Float64Array;
  readonly nodeCounts: Int32Array;
}

function openRows({ rows, residuals }: Growing, nodeOfRow: Int32Array, width: number): OpenRows {
  const open = {
    rows: new Int32Array(rows.length),
    cells: new Int32Array(rows.length),
    residuals: new Float64Array(rows.length),
    nodeSums: new Float64Array(width),
    nodeCounts: new Int32Array(width),
  };
  let count = 0;
  for (let at = 0; at < rows.length; at++) {
    const node = (nodeOfRow[at] ?? 0) - width + 1;
    if (node < 0) continue;
    const row = rows[at] ?? 0;
    const residual = residuals[row] ?? 0;
    open.rows[count] = row;
    open.cells[count] = node * mostBins;
    open.residuals[count] = residual;
    open.nodeSums[node] = (open.nodeSums[node] ?? 0) + residual;
    open.nodeCounts[node] = (open.nodeCounts[node] ?? 0) + 1;
    count++;
  }
  return { ...open, rows: open.rows.subarray(0, count) };
}

function fillCells(
  { rows, cells, residuals }: OpenRows,
  bins: Uint8Array,
  sums: Float64Array,
  counts: Int32Array,
): void {
  for (let at = 0; at < rows.length; at++) {
    const cell = (cells[at] ?? 0) + (bins[rows[at] ?? 0] ?? 0);
    sums[cell] = (sums[cell] ?? 0) + (residuals[at] ?? 0);
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
}

interface Cells {
  readonly sums: Float64Array;
  readonly counts: Int32Array;
  readonly from: number;
  readonly binCount: number;
  /** Of all the cells together. */
  readonly sum: number;
  readonly count: number;
}

function bestSplit(
  { sums, counts, from, binCount, sum, count }: Cells,
  column: number,
  { fewestRows, shrinkage }: TreeSettings,
): Split | undefined {
  const whole = (sum * sum) / (count + shrinkage);
  // What rounding leaves is no gain.
  let gain = 1e-12 * whole;
  let bin = -1;
  let leftSum = 0;
  let leftCount = 0;
  for (let at = 0; at < binCount - 1; at++) {
    leftSum += sums[from + at] ?? 0;
    leftCount += counts[from + at] ?? 0;
    if (leftCount < fewestRows) continue;
    if (count - leftCount < fewestRows) break;
    const rightSum = sum - leftSum;
    const found =
      (leftSum * leftSum) / (leftCount + shrinkage) +
      (rightSum * rightSum) / (count - leftCount + shrinkage) -
      whole;
    if (found <= gain) continue;
    gain = found;
    bin = at;
  }
  return bin < 0 ? undefined : { gain, column, bin };
}

function descend(
  { data, rows }: Growing,
  nodeOfRow: Int32Array,
  splits: readonly (Split | undefined)[],
  first: number,
): void {
  for (let at = 0; at < rows.length; at++) {
    const node = nodeOfRow[at] ?? 0;
    const split = splits[node - first];
    if (split === undefined) continue;
    const bin = data.bins[split.column]?.[rows[at] ?? 0] ?? 0;
    nodeOfRow[at] = 2 * node + (bin <= split.bin ? 1 : 2);
  }
}

/** Mean residual of the rows of each node where a way ends. */
function fillValues(
  { residuals, rows, settings }: Growing,
  nodeOfRow: Int32Array,
  value: Float64Array,
): void {
  const counts = new Float64Array(value.length);
  for (let at = 0; at < rows.length; at++) {
    const node = nodeOfRow[at] ?? 0;
    value[node] = (value[node] ?? 0) + (residuals[rows[at] ?? 0] ?? 0);
    counts[node] = (counts[node] ?? 0) + 1;
  }
  for (let node = 0; node < value.length; node++)
    value[node] = (value[node] ?? 0) / ((counts[node] ?? 0) + settings.shrinkage || 1);
}

/** What the tree answers for row `row` of columns of raw values. */
export function answerOf(
  tree: RegressionTree,
  columns: readonly Float64Array[],
  row: number,
): number {
  let node = 0;
  for (;;) {
    const feature = tree.feature[node] ?? -1;
    if (feature < 0) return tree.value[node] ?? 0;
    const value = columns[feature]?.[row] ?? 0;
    node = 2 * node + (value <= (tree.threshold[node] ?? 0) ? 1 : 2);
  }
}
