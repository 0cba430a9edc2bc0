/** Columns of features cut into bins of about as many rows each. */
export interface BinnedColumns {
  readonly rowCount: number;
  /** Bin of each row, per column; 0 is the lowest. */
  readonly bins: readonly Uint8Array[];
  /** Per column, ascending: bin `b` holds values up to and including `edges[b]`, the last bin all above. */
  readonly edges: readonly Float64Array[];
}

/** More bins hardly change a forecast and cost memory in proportion. Engineering default. */
export const mostBins = 32;

/**
 * Bins by rank, so that a column's scale and shift change nothing. `columns`: finite values, all of one length.
 * @see Ke et al. 2017, "LightGBM: a highly efficient gradient boosting decision tree", histograms (section 2)
 */
export function binColumns(columns: readonly Float64Array[]): BinnedColumns {
  const edges = columns.map(edgesOf);
  const bins = columns.map((column, at) => {
    const own = edges[at] ?? new Float64Array(0);
    return Uint8Array.from(column, (value) => binOf(value, own));
  });
  return { rowCount: columns[0]?.length ?? 0, bins, edges };
}

function edgesOf(column: Float64Array): Float64Array {
  const sorted = Float64Array.from(column).sort();
  const edges: number[] = [];
  for (let bin = 1; bin < mostBins; bin++) {
    const at = Math.floor((bin * sorted.length) / mostBins);
    const below = sorted[at - 1];
    const above = sorted[at];
    if (below === undefined || above === undefined || below === above) continue;
    const edge = below + (above - below) / 2;
    if (edge !== edges.at(-1)) edges.push(edge);
  }
  return Float64Array.from(edges);
}

function binOf(value: number, edges: Float64Array): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= (edges[middle] ?? Number.POSITIVE_INFINITY)) high = middle;
    else low = middle + 1;
  }
  return low;
}
