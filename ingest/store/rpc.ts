import type { MessagePort, Worker } from "node:worker_threads";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import { cancelled, throwIfGone } from "./asking.ts";
import type { Asking } from "./store.ts";

interface Call {
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
}

type Reply =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly code: string; readonly message: string };

/** Set to 1 by the thread that asked: nobody waits for the answer any more. */
class Flag {
  readonly cells: Int32Array<SharedArrayBuffer>;

  constructor(memory = new SharedArrayBuffer(4)) {
    this.cells = new Int32Array(memory);
  }

  raise(): void {
    Atomics.store(this.cells, 0, 1);
  }

  /** @throws CodedError QUERY_CANCELLED */
  readonly check = (): void => {
    if (Atomics.load(this.cells, 0) === 1) throw cancelled();
  };
}

type Methods = Record<string, (...args: never[]) => unknown>;

/** Answers calls of the other thread, one after the other. Messages without an id go to `onMessage`. */
export function serveCalls(
  port: MessagePort,
  methods: Methods,
  onMessage: (message: unknown) => void = () => {},
): void {
  port.on("message", async (message: Partial<Call>) => {
    const { id, method, args: given = [] } = message;
    if (id === undefined || method === undefined) return onMessage(message);
    try {
      const args = given.map((one) => (one instanceof SharedArrayBuffer ? checkOf(one) : one));
      const value = await methods[method]?.(...(args as never[]));
      port.postMessage({ id, value } satisfies Reply);
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      port.postMessage({ id, code: errorCode(error), message: text } satisfies Reply);
    }
  });
}

/** Looked at once before the work begins: what was given up while it waited in line is not begun. */
function checkOf(memory: SharedArrayBuffer): () => void {
  const { check } = new Flag(memory);
  check();
  return check;
}

/** Calls with one argument that end soon, with `QUERY_CANCELLED`, when they are given up; the method gets a `check` behind it. */
export const askWorker =
  (call: ReturnType<typeof callWorker>) =>
  async <Result>(method: string, query: unknown, { abort }: Asking = {}): Promise<Result> => {
    throwIfGone(abort);
    const flag = new Flag();
    const raise = () => flag.raise();
    abort?.addEventListener("abort", raise, { once: true });
    try {
      return await call<Result>(method, query, flag.cells.buffer);
    } finally {
      abort?.removeEventListener("abort", raise);
    }
  };

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
