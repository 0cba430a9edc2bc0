import { constants, setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { LifeModel } from "@firebreak/rules/prognosis/remaining-life/train-life-model.ts";
import { type LearnLives, learnLives } from "./learn-lives.ts";

/** What the thread says; `model` or `failed` is its last word. */
export type LifeSaying =
  | { readonly share: number }
  | { readonly model: LifeModel }
  | { readonly failed: { readonly code: string; readonly message: string } };

const request: LearnLives = workerData;
const say = (saying: LifeSaying) => parentPort?.postMessage(saying);

// Linux gives threads priorities of their own; elsewhere it would be the whole process.
if (process.platform === "linux") setPriority(constants.priority.PRIORITY_LOW);
try {
  say({ model: learnLives(request, (share) => say({ share })) });
} catch (error) {
  if (!(error instanceof CodedError)) throw error;
  say({ failed: { code: error.code, message: error.message } });
}
