/** What one view of a signal has shown so far. */
export interface RecordRange {
  /** Values seen. */
  count: number;
  low: number;
  high: number;
  /** Records since learning ended, and the sum of their sizes (nats). */
  records: number;
  recordSum: number;
}

/** Values that a range takes to be worth half of what it will be worth (chosen by leave-one-group-out). */
const maturityRows = 1_000;
/** How large a record is thought to be before any was seen, in nats, and how many seen ones weigh as much. */
const priorSize = 0.3;
const priorRecords = 10;
/** A record beyond six times the range counts no more than this, in nats (engineering default). */
const largestRecord = 2;

/** Less than this of the range is an error of rounding, not a record. */
const rounding = 1e-9;

export const emptyRange = (): RecordRange => ({
  count: 0,
  low: 0,
  high: 0,
  records: 0,
  recordSum: 0,
});

/**
 * How far a value leaves the range of all values before it: ln(1 + excess/range), in units of what records of this
 * view usually measure, times how much has been seen. 0 inside the range and for the first `learnRows` values. A view
 * that keeps making records (a trend, a heavy tail) thereby loses its say, one that never did keeps it; unit and zero
 * point of the signal cancel. A range without width that is left is the largest record.
 *
 * @see Chandler 1952, The Distribution and Frequency of Record Values (J. R. Statist. Soc. B 14): records of a steady
 * series become rarer as 1/n. The mean size with a prior is the posterior mean of an exponential size.
 */
export function stepRange(range: RecordRange, value: number, learnRows: number): number {
  const { count, low, high } = range;
  range.count++;
  if (count === 0) {
    range.low = value;
    range.high = value;
    return 0;
  }
  const excess = value > high ? value - high : low - value;
  if (excess <= rounding * (high - low)) return 0;
  range.low = Math.min(low, value);
  range.high = Math.max(high, value);
  if (count < learnRows) return 0;
  const size = recordSize(excess, high - low);
  const worth = recordWorth(size, range, count);
  range.records++;
  range.recordSum += size;
  return worth;
}

/** Of a record in nats, by how far it leaves a range of that width. */
export const recordSize = (excess: number, width: number): number =>
  width > 0 ? Math.min(largestRecord, Math.log1p(excess / width)) : largestRecord;

/** Of a record, by what those before it measured and how many values were seen. */
export const recordWorth = (
  size: number,
  { records, recordSum }: Pick<RecordRange, "records" | "recordSum">,
  count: number,
): number =>
  (size / ((priorSize * priorRecords + recordSum) / (priorRecords + records))) *
  (count / (count + maturityRows));
