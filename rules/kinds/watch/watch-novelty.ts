import { recordSize, recordWorth } from "../../detectors/record-range.ts";
import { cell } from "./cells.ts";

/** Rows that only teach: three days of eight hours in rows of a minute (engineering default). */
const learnRows = 1_440;
/** Sum of records that is news: as in `streaming-novelty.ts`. */
const alarmLimit = 0.6;
/** A record of less than a twentieth of the range is no news, however rare records are (engineering default). */
const leastRecord = Math.log1p(1 / 20);
/** The slow level follows by this share, as a mean of 48 rows would. */
const levelRate = 1 / 48;
/** A novelty rests smaller ones for this share of the rows, at most so many. */
const restShare = 0.03;
const longestRest = 300;
/** What is left of a novelty from row to row: a third after 110 rows. */
const fading = 0.99;
/** Less than this of a range is an error of rounding. */
const rounding = 1e-9;

/** Takes a row in and returns how new it is, in units of what is told; `isNext`: it follows the one before at once. */
export function stepNovelty(cells: Float64Array, mean: number, isNext: boolean): number {
  const rows = (cells[cell.rows] as number) + 1;
  cells[cell.rows] = rows;
  let sum = stepRange(cells, cell.value, mean);
  if (isNext) sum += stepRange(cells, cell.change, mean - (cells[cell.before] as number));
  cells[cell.before] = mean;
  const level = rows === 1 ? mean : (cells[cell.level] as number);
  cells[cell.level] = level + levelRate * (mean - level);
  if (rows > 1 / levelRate) sum += stepRange(cells, cell.slow, cells[cell.level] as number);
  const novelty = rest(cells, sum / alarmLimit);
  cells[cell.held] = Math.max(novelty, (cells[cell.held] as number) * fading);
  return novelty;
}

/** The range of four cells from `at` on; see `record-range.ts`. */
function stepRange(cells: Float64Array, at: number, value: number): number {
  const low = cells[at] as number;
  const high = cells[at + 1] as number;
  const excess = value > high ? value - high : low - value;
  if (!(excess > rounding * (high - low) || low > high)) return 0;
  cells[at] = Math.min(low, value);
  cells[at + 1] = Math.max(high, value);
  const rows = cells[cell.rows] as number;
  if (low > high || rows < learnRows) return 0;
  const size = recordSize(excess, high - low);
  const records = cells[at + 2] as number;
  const recordSum = cells[at + 3] as number;
  cells[at + 2] = records + 1;
  cells[at + 3] = recordSum + size;
  return size < leastRecord ? 0 : recordWorth(size, { records, recordSum }, rows);
}

function rest(cells: Float64Array, spike: number): number {
  if (spike <= 0) return 0;
  const rows = cells[cell.rows] as number;
  const passed = rows - (cells[cell.restRow] as number);
  const isResting = passed <= Math.min(longestRest, restShare * rows);
  if (isResting && spike <= (cells[cell.restSize] as number)) return 0;
  cells[cell.restRow] = rows;
  cells[cell.restSize] = spike;
  return spike;
}
