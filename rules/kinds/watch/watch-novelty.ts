import { recordSize, recordWorth } from "../../detectors/record-range.ts";
import type { Cells } from "../../engine/cells.ts";
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
export function stepNovelty(state: Cells, mean: number, isNext: boolean): number {
  const { numbers, at } = state;
  const rows = (numbers[at + cell.rows] as number) + 1;
  numbers[at + cell.rows] = rows;
  let sum = stepRange(state, cell.value, mean);
  if (isNext) sum += stepRange(state, cell.change, mean - (numbers[at + cell.before] as number));
  numbers[at + cell.before] = mean;
  const level = rows === 1 ? mean : (numbers[at + cell.level] as number);
  numbers[at + cell.level] = level + levelRate * (mean - level);
  if (rows > 1 / levelRate) sum += stepRange(state, cell.slow, numbers[at + cell.level] as number);
  const novelty = rest(state, sum / alarmLimit);
  numbers[at + cell.held] = Math.max(novelty, (numbers[at + cell.held] as number) * fading);
  return novelty;
}

/** The range of four cells from `range` on; see `record-range.ts`. */
function stepRange({ numbers, at: begin }: Cells, range: number, value: number): number {
  const at = begin + range;
  const low = numbers[at] as number;
  const high = numbers[at + 1] as number;
  const excess = value > high ? value - high : low - value;
  if (!(excess > rounding * (high - low) || low > high)) return 0;
  numbers[at] = Math.min(low, value);
  numbers[at + 1] = Math.max(high, value);
  const rows = numbers[begin + cell.rows] as number;
  if (low > high || rows < learnRows) return 0;
  const size = recordSize(excess, high - low);
  const records = numbers[at + 2] as number;
  const recordSum = numbers[at + 3] as number;
  numbers[at + 2] = records + 1;
  numbers[at + 3] = recordSum + size;
  return size < leastRecord ? 0 : recordWorth(size, { records, recordSum }, rows);
}

function rest({ numbers, at }: Cells, spike: number): number {
  if (spike <= 0) return 0;
  const rows = numbers[at + cell.rows] as number;
  const passed = rows - (numbers[at + cell.restRow] as number);
  const isResting = passed <= Math.min(longestRest, restShare * rows);
  if (isResting && spike <= (numbers[at + cell.restSize] as number)) return 0;
  numbers[at + cell.restRow] = rows;
  numbers[at + cell.restSize] = spike;
  return spike;
}
