import { Worker } from "node:worker_threads";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { ReadFleet } from "./fleet-document.ts";
import type { ReadAnswer } from "./read-worker.ts";

const longestMs = 30_000;
const resourceLimits = { maxOldGenerationSizeMb: 512 };

/**
 * Reads a document in a thread of its own, which ends with it: a large or hostile one holds up nothing else, and takes
 * no more time and memory than it is given. @throws CodedError AEMP_DOCUMENT
 */
export async function readFleetAside(text: string): Promise<ReadFleet> {
  const worker = new Worker(new URL("./read-worker.ts", import.meta.url), {
    workerData: text,
    execArgv: [],
    resourceLimits,
  });
  let timer: NodeJS.Timeout | undefined;
  try {
    const answer = await new Promise<ReadAnswer>((resolve) => {
      timer = setTimeout(
        () => resolve({ problem: "the document takes too long to read" }),
        longestMs,
      );
      worker.once("message", resolve);
      worker.once("error", () =>
        resolve({ problem: "the document takes too much memory to read" }),
      );
      worker.once("exit", () => resolve({ problem: "the document could not be read to its end" }));
    });
    if ("fleet" in answer) return answer.fleet;
    throw new CodedError("AEMP_DOCUMENT", answer.problem);
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}
