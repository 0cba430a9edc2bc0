import type { History } from "./history.ts";
import { intervalFor } from "./interval-table.ts";
import { predictLeft } from "./life-regression.ts";
import type { LifeModel } from "./train-life-model.ts";

/** Cycles left, counted from the last row that was seen. */
export interface RemainingLife {
  readonly rul: number;
  /** 80 % of the chances. */
  readonly lo: number;
  readonly hi: number;
}

/** What is left of a unit that runs still, from its own rows alone; the signals in the order of the training. */
export function predictLife({ regression, intervals }: LifeModel, history: History): RemainingLife {
  const [rul = 0] = predictLeft(regression, history, [history.cycles.length - 1]);
  return { rul, ...intervalFor(intervals, rul) };
}
