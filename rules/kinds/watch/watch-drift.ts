import { cell } from "./cells.ts";

/** Rows of a block: eight hours of a signal in rows of a minute, a working day (engineering default). */
const blockRows = 480;
/** Blocks that only teach, and that are remembered. */
const learnBlocks = 10;
const keptBlocks = 60;
/**
 * Standard deviations of block means that are too far, for so many blocks on end: with ten blocks known, Student's t has
 * one in 1,400 beyond 5 on both sides together, so two on end of one side are one in 4 million if days are independent.
 */
const limit = 5;
const blocksOver = 2;
/** It is over, and a block teaches, within half of that. */
const clearShare = 0.5;
/** Days that differ by less than this share of all that the signal has shown are alike, however alike they were. */
const leastShare = 0.02;

/** Takes a row in. Returns whether days are too far from the days before them, until they are back. */
export function stepDrift(cells: Float64Array, mean: number): boolean {
  cells[cell.blockSum] = (cells[cell.blockSum] as number) + mean;
  const count = (cells[cell.blockCount] as number) + 1;
  cells[cell.blockCount] = count;
  if (count === blockRows) {
    judgeBlock(cells, (cells[cell.blockSum] as number) / count);
    cells[cell.blockSum] = 0;
    cells[cell.blockCount] = 0;
  }
  return Math.abs(cells[cell.over] as number) >= blocksOver;
}

function judgeBlock(cells: Float64Array, block: number): void {
  const known = cells[cell.baseCount] as number;
  if (known > 0) noteTurn(cells, block);
  cells[cell.lastBlock] = block;
  const width = (cells[cell.value + 1] as number) - (cells[cell.value] as number);
  // What only ever grows is a counter, and every day of it is higher than the one before.
  const isSteady = cells[cell.turns] === 3 && width > 0;
  if (known < learnBlocks || !isSteady) {
    cells[cell.over] = 0;
    teach(cells, block);
    return;
  }
  const variance = (cells[cell.baseSquares] as number) / (known - 1);
  const spread = Math.max(Math.sqrt(variance * (1 + 1 / known)), leastShare * width);
  const away = (block - (cells[cell.baseMean] as number)) / spread;
  const over = cells[cell.over] as number;
  if (Math.abs(away) > limit)
    cells[cell.over] = away * over > 0 ? over + Math.sign(away) : Math.sign(away);
  else if (Math.abs(away) < limit * clearShare) {
    cells[cell.over] = 0;
    teach(cells, block);
  }
}

function noteTurn(cells: Float64Array, block: number): void {
  const before = cells[cell.lastBlock] as number;
  const turns = cells[cell.turns] as number;
  cells[cell.turns] = turns | (block > before ? 1 : 0) | (block < before ? 2 : 0);
}

/** @see Welford 1962, Technometrics 4; older blocks fade once there are enough. */
function teach(cells: Float64Array, block: number): void {
  let known = cells[cell.baseCount] as number;
  let squares = cells[cell.baseSquares] as number;
  if (known >= keptBlocks) {
    squares *= (keptBlocks - 1) / keptBlocks;
    known = keptBlocks - 1;
  }
  const mean = cells[cell.baseMean] as number;
  const away = block - mean;
  cells[cell.baseCount] = known + 1;
  cells[cell.baseMean] = mean + away / (known + 1);
  cells[cell.baseSquares] = squares + away * (block - (cells[cell.baseMean] as number));
}
