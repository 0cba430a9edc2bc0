import { parentPort, workerData } from "node:worker_threads";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { type PrognoseRequest, type Prognosis, prognoseFiles } from "./prognose-files.ts";

/** What the thread says; `done` or `failed` is its last word. */
export type WorkerSaying =
  | { readonly share: number }
  | { readonly done: readonly Prognosis[] }
  | { readonly failed: { readonly code: string; readonly message: string } };

const request: PrognoseRequest = workerData;
const say = (saying: WorkerSaying) => parentPort?.postMessage(saying);

try {
  say({ done: await prognoseFiles(request, (share) => say({ share })) });
} catch (error) {
  if (!(error instanceof CodedError)) throw error;
  say({ failed: { code: error.code, message: error.message } });
}
