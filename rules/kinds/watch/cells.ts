/**
 * Everything that is remembered of one watched signal: 32 numbers, 256 bytes, because every signal of every machine has
 * them. By name, the place of each number.
 */
export const cell = {
  /** The present row: its begin, first value, sum of differences from it, count. */
  rowNs: 0,
  first: 1,
  sum: 2,
  count: 3,
  /** Rows so far, the mean of the one before, the slow level. */
  rows: 4,
  before: 5,
  level: 6,
  /** Three ranges of four numbers each: low, high, records, sum of their sizes. */
  value: 7,
  change: 11,
  slow: 15,
  /** The last novelty that was let through: its row and size. What is left of the largest of late. */
  restRow: 19,
  restSize: 20,
  held: 21,
  /** The present block: sum and count of its rows. Means of blocks: how many, mean, sum of squares about it. */
  blockSum: 22,
  blockCount: 23,
  baseCount: 24,
  baseMean: 25,
  baseSquares: 26,
  lastBlock: 27,
  /** 1: a block was higher than the one before, 2: one was lower, 3: both. */
  turns: 28,
  /** Blocks on end that were too high, or, below 0, too low. */
  over: 29,
  /** 0 nothing, 1 a novelty, 2 a drift, below 0 once that is over; and since when, event time. */
  open: 30,
  sinceNs: 31,
} as const;

export const cellCount = 32;

export function emptyCells(): Float64Array {
  const cells = new Float64Array(cellCount);
  cells[cell.rowNs] = Number.NaN;
  cells[cell.restRow] = Number.NEGATIVE_INFINITY;
  for (const range of [cell.value, cell.change, cell.slow]) {
    cells[range] = Number.POSITIVE_INFINITY;
    cells[range + 1] = Number.NEGATIVE_INFINITY;
  }
  return cells;
}

/** As text of 344 characters, exactly. */
export const packCells = ({ buffer, byteOffset, byteLength }: Float64Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString("base64");

/** Cells that were packed; empty ones for text that is none. */
export function unpackCells(text: string): Float64Array {
  const cells = emptyCells();
  const bytes = Buffer.from(text, "base64");
  if (bytes.length === cells.byteLength) Buffer.from(cells.buffer).set(bytes);
  return cells;
}
