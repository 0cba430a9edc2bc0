import { Worker } from "node:worker_threads";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import type { LifeModel } from "@firebreak/rules/prognosis/remaining-life/train-life-model.ts";
import type { LearnLives } from "./learn-lives.ts";
import type { LifeSaying } from "./life-worker.ts";

/** A hundred lives take some ten seconds of a core. Engineering default. */
const longestMs = 10 * 60_000;
/** Of JavaScript objects; tables of numbers are bounded by the size of the file. Engineering default. */
const mostMegabytes = 1_024;

/**
 * Learns in a thread of its own, which is ended when it takes longer than ten minutes or `signal` says so.
 * @throws CodedError HISTORIES_REFUSED, TRAINING_ENDED (time, memory, told to end); none retryable
 */
export async function learnAside(
  request: LearnLives,
  {
    onProgress,
    signal,
  }: { readonly onProgress: (share: number) => void; readonly signal: AbortSignal },
): Promise<LifeModel> {
  const worker = new Worker(new URL("./life-worker.ts", import.meta.url), {
    workerData: request,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: mostMegabytes },
  });
  const ending = AbortSignal.any([signal, AbortSignal.timeout(longestMs)]);
  try {
    return await new Promise<LifeModel>((resolve, reject) => {
      const ended = (why: string, cause?: unknown) =>
        reject(new CodedError("TRAINING_ENDED", `The training ended: ${why}.`, { cause }));
      worker.on("message", (saying: LifeSaying) => {
        if ("share" in saying) onProgress(saying.share);
        else if ("model" in saying) resolve(saying.model);
        else reject(new CodedError(saying.failed.code, saying.failed.message));
      });
      worker.once("error", (error) =>
        errorCode(error) === "ERR_WORKER_OUT_OF_MEMORY"
          ? ended("the histories take more memory than there is; thin them", error)
          : reject(error),
      );
      worker.once("exit", () => ended("the thread ended before it had a model"));
      const onEnd = () =>
        ended(signal.aborted ? "told to" : `it took longer than ${longestMs / 60_000} minutes`);
      if (ending.aborted) onEnd();
      else ending.addEventListener("abort", onEnd, { once: true });
    });
  } finally {
    await worker.terminate();
  }
}
