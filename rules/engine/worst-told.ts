import type { Cells } from "./cells.ts";
import { holdSize, Step } from "./hold.ts";

/** The worst of an episode so far, and what was told of it; greater is worse. They lie behind those of the hold. */
export const worstCells = { worst: Number.NaN, told: Number.NaN, toldNs: Number.NaN };
const worstAt = holdSize;
const toldAt = holdSize + 1;
const toldNsAt = holdSize + 2;
export const worstSize = 3;

/** An open episode tells of something worse at most this often, and when it has grown by this share. */
const updateEveryNs = 60e9;
const tellFactor = 1.2;

export const worstOf = ({ numbers, at }: Cells): number => numbers[at + worstAt] as number;

/** Takes in how bad it is. `isNew`: nothing before belongs to it. */
export function noteWorst({ numbers, at }: Cells, badness: number, isNew: boolean): void {
  if (isNew || !(badness <= (numbers[at + worstAt] as number))) numbers[at + worstAt] = badness;
}

/** Makes an update of a step that only says that it still holds, where there is something worse to tell. */
export function toldStep({ numbers, at }: Cells, step: Step, timeNs: number): Step {
  if (step === Step.none || step === Step.cleared) return step;
  const worst = numbers[at + worstAt] as number;
  const isNews =
    step === Step.holding &&
    worst > (numbers[at + toldAt] as number) * tellFactor &&
    timeNs - (numbers[at + toldNsAt] as number) >= updateEveryNs;
  if (!isNews && step !== Step.raised && step !== Step.renewed) return step;
  numbers[at + toldAt] = worst;
  numbers[at + toldNsAt] = timeNs;
  return isNews ? Step.updated : step;
}
