import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import { askWorker, callWorker } from "./rpc.ts";

/** A thread of a store that is ready for calls. */
export interface StoreThread {
  /** The place in the journal that it began with; 0 for one that only answers. */
  readonly offset: number;
  readonly worker: Worker;
  readonly call: ReturnType<typeof callWorker>;
  /** A question that can be given up. */
  readonly ask: ReturnType<typeof askWorker>;
  /** False once it has ended, by itself or not. */
  readonly isRunning: boolean;
  close(): Promise<void>;
}

/** @throws CodedError STORE_OPEN when it cannot begin; the cause says why. */
export async function startStoreThread(
  file: URL,
  workerData: unknown,
  log: Logger,
): Promise<StoreThread> {
  // Flags of the main thread (test runners, loaders) are not the worker's.
  const resourceLimits = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 512 };
  const worker = new Worker(file, { workerData, execArgv: [], resourceLimits });
  const { offset = 0 } = await ready(worker);
  let isRunning = true;
  worker.on("error", (err) => log.fatal({ err }, "a thread of the telemetry store ended"));
  worker.on("exit", () => {
    isRunning = false;
  });
  const call = callWorker(worker);
  return {
    offset,
    worker,
    call,
    ask: askWorker(call),
    get isRunning() {
      return isRunning;
    },
    async close() {
      if (!isRunning) return;
      const ended = once(worker, "exit");
      await call("close").catch(() => undefined);
      await ended;
    },
  };
}

async function ready(worker: Worker): Promise<{ offset?: number }> {
  try {
    const [message] = (await once(worker, "message")) as [{ offset?: number }];
    return message;
  } catch (error) {
    throw notOpened(error);
  }
}

const notOpened = (cause: unknown) =>
  new CodedError("STORE_OPEN", "the telemetry store cannot be opened", { cause });
