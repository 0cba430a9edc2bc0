import { Worker } from "node:worker_threads";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import type { PrognoseRequest, Prognosis } from "./prognose-files.ts";
import type { WorkerSaying } from "./prognose-worker.ts";

/**
 * Reads, trains and answers in a thread of its own, so that whoever calls goes on with live work. `onProgress`: share
 * done, 0 to 1.
 * @throws CodedError BAD_INPUT, TRAINING_ENDED (memory); neither retryable
 */
export async function prognoseAside(
  request: PrognoseRequest,
  onProgress: (share: number) => void,
): Promise<readonly Prognosis[]> {
  const worker = new Worker(new URL("./prognose-worker.ts", import.meta.url), {
    workerData: request,
    execArgv: [],
  });
  try {
    return await new Promise<readonly Prognosis[]>((resolve, reject) => {
      worker.on("message", (saying: WorkerSaying) => {
        if ("share" in saying) onProgress(saying.share);
        else if ("done" in saying) resolve(saying.done);
        else reject(new CodedError(saying.failed.code, saying.failed.message));
      });
      worker.once("error", (error) => reject(isMemory(error) ? tooLarge(error) : error));
      worker.once("exit", () =>
        reject(new CodedError("TRAINING_ENDED", "The training ended before it had an answer.")),
      );
    });
  } finally {
    await worker.terminate();
  }
}

const isMemory = (error: unknown): boolean => errorCode(error) === "ERR_WORKER_OUT_OF_MEMORY";

const tooLarge = (cause: unknown) =>
  new CodedError(
    "TRAINING_ENDED",
    "The tables take more memory than there is: leave out rows, evenly, or columns.",
    { cause },
  );
