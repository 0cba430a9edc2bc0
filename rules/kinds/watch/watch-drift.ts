import type { Cells } from "../../engine/cells.ts";
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
export function stepDrift(state: Cells, mean: number): boolean {
  const { numbers, at } = state;
  numbers[at + cell.blockSum] = (numbers[at + cell.blockSum] as number) + mean;
  const count = (numbers[at + cell.blockCount] as number) + 1;
  numbers[at + cell.blockCount] = count;
  if (count === blockRows) {
    judgeBlock(state, (numbers[at + cell.blockSum] as number) / count);
    numbers[at + cell.blockSum] = 0;
    numbers[at + cell.blockCount] = 0;
  }
  return Math.abs(numbers[at + cell.over] as number) >= blocksOver;
}

function judgeBlock(state: Cells, block: number): void {
  const { numbers, at } = state;
  const known = numbers[at + cell.baseCount] as number;
  if (known > 0) noteTurn(state, block);
  numbers[at + cell.lastBlock] = block;
  const width = (numbers[at + cell.value + 1] as number) - (numbers[at + cell.value] as number);
  // What only ever grows is a counter, and every day of it is higher than the one before.
  const isSteady = numbers[at + cell.turns] === 3 && width > 0;
  if (known < learnBlocks || !isSteady) {
    numbers[at + cell.over] = 0;
    teach(state, block);
    return;
  }
  const variance = (numbers[at + cell.baseSquares] as number) / (known - 1);
  const spread = Math.max(Math.sqrt(variance * (1 + 1 / known)), leastShare * width);
  const away = (block - (numbers[at + cell.baseMean] as number)) / spread;
  const over = numbers[at + cell.over] as number;
  if (Math.abs(away) > limit)
    numbers[at + cell.over] = away * over > 0 ? over + Math.sign(away) : Math.sign(away);
  else if (Math.abs(away) < limit * clearShare) {
    numbers[at + cell.over] = 0;
    teach(state, block);
  }
}

function noteTurn({ numbers, at }: Cells, block: number): void {
  const before = numbers[at + cell.lastBlock] as number;
  const turns = numbers[at + cell.turns] as number;
  numbers[at + cell.turns] = turns | (block > before ? 1 : 0) | (block < before ? 2 : 0);
}

/** @see Welford 1962, Technometrics 4; older blocks fade once there are enough. */
function teach({ numbers, at }: Cells, block: number): void {
  let known = numbers[at + cell.baseCount] as number;
  let squares = numbers[at + cell.baseSquares] as number;
  if (known >= keptBlocks) {
    squares *= (keptBlocks - 1) / keptBlocks;
    known = keptBlocks - 1;
  }
  const mean = numbers[at + cell.baseMean] as number;
  const away = block - mean;
  numbers[at + cell.baseCount] = known + 1;
  numbers[at + cell.baseMean] = mean + away / (known + 1);
  numbers[at + cell.baseSquares] =
    squares + away * (block - (numbers[at + cell.baseMean] as number));
}
