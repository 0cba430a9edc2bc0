import { Step } from "./hold.ts";

/** The worst of an episode so far, and what was told of it; greater is worse. Plain JSON. */
export interface WorstTold {
  worst: number;
  told: number;
  toldNs: number;
}

/** An open episode tells of something worse at most this often, and when it has grown by this share. */
const updateEveryNs = 60e9;
const tellFactor = 1.2;

export const initialWorst = (): WorstTold => ({
  worst: Number.NaN,
  told: Number.NaN,
  toldNs: Number.NaN,
});

/** Takes in how bad it is. `isNew`: nothing before belongs to it. */
export function noteWorst(state: WorstTold, badness: number, isNew: boolean): void {
  if (isNew || !(badness <= state.worst)) state.worst = badness;
}

/** Makes an update of a step that only says that it still holds, where there is something worse to tell. */
export function toldStep(state: WorstTold, step: Step, timeNs: number): Step {
  const isNews =
    step === Step.holding &&
    state.worst > state.told * tellFactor &&
    timeNs - state.toldNs >= updateEveryNs;
  if (!isNews && step !== Step.raised && step !== Step.renewed) return step;
  state.told = state.worst;
  state.toldNs = timeNs;
  return isNews ? Step.updated : step;
}
