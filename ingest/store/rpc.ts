import type { MessagePort, Worker } from "node:worker_threads";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";

interface Call {
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly code: string; readonly message: string };

type Methods = Record<string, (...args: never[]) => unknown>;

/** Answers calls of the other thread, one after the other. Messages without an id go to `onMessage`. */
export function serveCalls(
  port: MessagePort,
  methods: Methods,
  onMessage: (message: unknown) => void = () => {},
): void {
  port.on("message", async (message: Partial<Call>) => {
    const { id, method, args = [] } = message;
    if (id === undefined || method === undefined) return onMessage(message);
    try {
      const value = await methods[method]?.(...(args as never[]));
      port.postMessage({ id, value } satisfies Reply);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      port.postMessage({ id, code: errorCode(error), message: text } satisfies Reply);
    }
  });
}

/** Calls into a worker. When it ends, calls that wait and later ones are refused with `STORE_CLOSED`. */
export function callWorker(worker: Worker) {
  const waiting = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void }
  >();
  let nextId = 1;
  let ended: CodedError | undefined;
  worker.on("message", (reply: Reply) => {
    const call = waiting.get(reply.id);
    if (!call) return;
    waiting.delete(reply.id);
    if ("code" in reply) call.reject(new CodedError(reply.code, reply.message));
    else call.resolve(reply.value);
  });
  const end = (cause?: unknown) => {
    ended = new CodedError("STORE_CLOSED", "the telemetry store is closed", { cause });
    for (const { reject } of waiting.values()) reject(ended);
    waiting.clear();
  };
  worker.on("error", end);
  worker.on("exit", () => end(ended?.cause));
  return <Result>(method: string, ...args: readonly unknown[]): Promise<Result> =>
    new Promise<Result>((resolve, reject) => {
      if (ended) return reject(ended);
      const id = nextId++;
      waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      worker.postMessage({ id, method, args } satisfies Call);
    });
}
