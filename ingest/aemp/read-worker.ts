import { parentPort, workerData } from "node:worker_threads";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { readFleet } from "./read-fleet.ts";

/** What the thread of one document answers. */
export type ReadAnswer =
  | { readonly fleet: ReturnType<typeof readFleet> }
  | { readonly problem: string };

function answer(): ReadAnswer {
  try {
    return { fleet: readFleet(String(workerData)) };
  } catch (error) {
    return { problem: error instanceof CodedError ? error.message : "it cannot be read" };
  }
}

parentPort?.postMessage(answer());
