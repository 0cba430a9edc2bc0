import { createHash } from "node:crypto";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { readHistories } from "@firebreak/plans/learned/read-histories.ts";
import type { RemainingLifeRule } from "@firebreak/plans/learned-rule-schema.ts";
import type { Acquisition } from "@firebreak/plans/plan-schema.ts";
import { lifeHistories } from "@firebreak/rules/kinds/remaining-life/life-histories.ts";
import {
  type LifeModel,
  trainLifeModel,
} from "@firebreak/rules/prognosis/remaining-life/train-life-model.ts";
import { keepModel, keptModel } from "./kept-models.ts";

export interface LearnLives {
  readonly rule: RemainingLifeRule;
  /** Folder of the plan. */
  readonly folder: string;
  readonly signals: Acquisition["signals"];
  /** Folder where models are kept; undefined: they are not. */
  readonly keepIn: string | undefined;
}

/** Of the training's random choices: the same histories give the same model on every computer. */
const seed = 1;
/** Another one when the training or the form of what is kept changes. */
const version = 1;

/**
 * The model of a rule: as it was kept, or learned now, which takes seconds of a core. `onProgress`: share done, 0 to 1.
 * @throws CodedError HISTORIES_REFUSED with every mistake of the file, a line each; not retryable
 */
export function learnLives(
  { rule, folder, signals, keepIn }: LearnLives,
  onProgress: (share: number) => void,
): LifeModel {
  const read = readHistories(rule, { folder, signals });
  if ("problems" in read) throw new CodedError("HISTORIES_REFUSED", read.problems.join("\n"));
  const { unit, cycle, every, failed, inputs } = rule;
  const key = createHash("sha256")
    .update(JSON.stringify([version, seed, read.hash, unit, cycle, every, failed ?? null, inputs]))
    .digest("hex");
  const kept = keepIn === undefined ? undefined : keptModel(keepIn, key);
  if (kept) return kept;
  const model = trainLifeModel(lifeHistories(read.lives, every), { seed, onProgress });
  if (keepIn !== undefined) keepIfPossible(keepIn, key, model);
  return model;
}

function keepIfPossible(folder: string, key: string, model: LifeModel): void {
  try {
    keepModel(folder, key, model);
  } catch {
    // On a full disk it is learned again after the next start.
  }
}
