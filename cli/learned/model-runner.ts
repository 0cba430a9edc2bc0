import { Worker } from "node:worker_threads";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { ModelFileRule } from "@firebreak/plans/learned-rule-schema.ts";
import { faultOfAnswer } from "@firebreak/rules/kinds/model-file/model-file.ts";
import type { ModelReply, ModelRequest } from "./model-worker.ts";

/** For a machine's fortnight, the first time with loading everything. Engineering default. */
const longestMs = 60_000;
/** The thread and its memory are given back when nobody asked for so long: judging is six-hourly. */
const idleMs = 60_000;

export type ModelAnswers = ReadonlyMap<number, readonly number[]>;

/** Runs models of plans in one thread beside this one. */
export interface ModelRunner {
  /**
   * Answers by day. One request after the other, each with its time.
   * @throws CodedError RUNTIME_ABSENT, MODEL_REFUSED (file), MODEL_FAILED (what it does or gives), MODEL_SLOW; none retryable
   */
  ask(request: ModelRequest): Promise<ModelAnswers>;
  stop(): Promise<void>;
}

export function createModelRunner({ withinMs = longestMs } = {}): ModelRunner {
  let worker: Worker | undefined;
  let idle: NodeJS.Timeout | undefined;
  let before: Promise<unknown> = Promise.resolve();
  const end = async (): Promise<void> => {
    clearTimeout(idle);
    const ending = worker;
    worker = undefined;
    await ending?.terminate();
  };
  const askNow = async (request: ModelRequest): Promise<ModelAnswers> => {
    clearTimeout(idle);
    worker ??= startWorker();
    const reply = await replyOf(worker, request, withinMs).catch(async (error: unknown) => {
      await end();
      throw error;
    });
    idle = setTimeout(() => void end(), idleMs);
    idle.unref();
    return answersOf(request.rule, reply);
  };
  return {
    ask(request) {
      const asked = before.then(() => askNow(request));
      before = asked.catch(() => undefined);
      return asked;
    },
    async stop() {
      await end();
      await before;
      await end();
    },
  };
}

function startWorker(): Worker {
  const worker = new Worker(new URL("./model-worker.ts", import.meta.url), { execArgv: [] });
  worker.unref();
  return worker;
}

function replyOf(worker: Worker, request: ModelRequest, withinMs: number): Promise<ModelReply> {
  const { promise, resolve, reject } = Promise.withResolvers<ModelReply>();
  const failed = (code: string, message: string, cause?: unknown) =>
    reject(new CodedError(code, `${request.rule.model}: ${message}`, { cause }));
  const onError = (error: unknown) =>
    failed("MODEL_FAILED", "the thread of the model broke", error);
  const onExit = () => failed("MODEL_FAILED", "the thread of the model ended");
  const timer = setTimeout(
    () => failed("MODEL_SLOW", `it gave no answer within ${withinMs / 1_000} s`),
    withinMs,
  );
  worker.once("message", resolve).once("error", onError).once("exit", onExit);
  worker.postMessage(request);
  return promise.finally(() => {
    clearTimeout(timer);
    worker.off("message", resolve).off("error", onError).off("exit", onExit);
  });
}

function answersOf(rule: ModelFileRule, reply: ModelReply): ModelAnswers {
  if ("failed" in reply) {
    const { code, message } = reply.failed;
    throw new CodedError(code, code === "MODEL_FAILED" ? `${rule.model}: ${message}` : message);
  }
  for (const [, answer] of reply.answers) {
    const fault = faultOfAnswer(rule, answer);
    if (fault) throw new CodedError("MODEL_FAILED", `${rule.model}: it ${fault}`);
  }
  return new Map(reply.answers);
}
