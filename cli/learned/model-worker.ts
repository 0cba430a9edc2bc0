import { constants, setPriority } from "node:os";
import { parentPort } from "node:worker_threads";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { type FittingModel, readModel } from "@firebreak/plans/learned/check-model-file.ts";
import type { ModelFileRule } from "@firebreak/plans/learned-rule-schema.ts";
import type { ModelQuestion } from "@firebreak/rules/history/history-kind.ts";
import { boundMemory, type OnnxSession, openRuntime } from "./onnx-runtime.ts";

export interface ModelRequest {
  readonly rule: ModelFileRule;
  /** Folder of the plan. */
  readonly folder: string;
  readonly questions: readonly ModelQuestion[];
}

/** One for each request, in their order. */
export type ModelReply =
  | { readonly answers: readonly (readonly [day: number, values: readonly number[]])[] }
  | { readonly failed: { readonly code: string; readonly message: string } };

/** Some 60 MB are the runtime's own. Engineering default. */
const mostBytes = 512 * 1024 * 1024;

interface Opened extends FittingModel {
  readonly session: OnnxSession;
}

// Linux gives threads priorities of their own; elsewhere it would be the whole process.
if (process.platform === "linux") setPriority(constants.priority.PRIORITY_LOW);
boundMemory(mostBytes);
const opened = new Map<string, Promise<Opened>>();

parentPort?.on("message", async (request: ModelRequest) => {
  parentPort?.postMessage(await replyTo(request));
});

async function replyTo({ rule, folder, questions }: ModelRequest): Promise<ModelReply> {
  try {
    const key = JSON.stringify([folder, rule]);
    const opening = opened.get(key) ?? open(rule, folder);
    opened.set(key, opening);
    const { session, sizes } = await opening;
    const answers: [number, readonly number[]][] = [];
    for (const { day, values } of questions)
      answers.push([day, await session.run(Float32Array.from(values), sizes)]);
    return { answers };
  } catch (error) {
    const code = error instanceof CodedError ? error.code : "MODEL_FAILED";
    return { failed: { code, message: error instanceof Error ? error.message : String(error) } };
  }
}

async function open(rule: ModelFileRule, folder: string): Promise<Opened> {
  const model = readModel(rule, folder);
  if ("problem" in model) throw new CodedError("MODEL_REFUSED", model.problem);
  const runtime = await openRuntime();
  return { ...model, session: await runtime.open(model.bytes, model) };
}
