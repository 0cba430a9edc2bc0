import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { loadDictionary } from "./load-dictionary.ts";
import type { LinkEvent, LoadFigures } from "./load-figures.ts";
import type { LoadOrder, WorkerCommand, WorkerMessage } from "./load-order.ts";

/** The processes of a load. */
export interface LoadWorkers {
  /** The newest figures of each; undefined before its first. */
  readonly figures: readonly (LoadFigures | undefined)[];
  readonly pids: readonly (number | undefined)[];
  tell(command: WorkerCommand): void;
  /** Rejects when one of them ends before it was told to. */
  readonly failed: Promise<never>;
  /** All say goodbye to the hub and end. */
  leave(): Promise<void>;
  /** Ends those that are still there, at once. */
  kill(): void;
}

export interface WorkerListeners {
  /** New figures of one of them have come. */
  readonly onFigures: () => void;
  readonly onLinks: (events: readonly LinkEvent[]) => void;
}

/** Starts the processes of an order; each connects its gateways from here on. */
export function startWorkers(order: LoadOrder, listeners: WorkerListeners): LoadWorkers {
  const program = join(import.meta.dirname, "load-worker.ts");
  const figures = new Array<LoadFigures | undefined>(order.processes).fill(undefined);
  const dictionary = loadDictionary();
  let isLeaving = false;
  const children = figures.map((_, part) => {
    const child = fork(program, [], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    child.on("message", (message: WorkerMessage) => {
      if (message.kind === "links") return listeners.onLinks(message.events);
      figures[part] = message.figures;
      return listeners.onFigures();
    });
    const own = { ...ownPart(order, part), part, dictionary };
    child.send({ kind: "order", order: own } satisfies WorkerCommand);
    return child;
  });
  const failed = new Promise<never>((_resolve, reject) => {
    for (const child of children)
      child.once("exit", (code, signal) => {
        if (!isLeaving) reject(endedEarly(code ?? signal));
      });
  });
  // Whoever leaves before looks at it no more.
  failed.catch(() => undefined);
  const tell = (command: WorkerCommand) => {
    for (const child of children) if (child.connected) child.send(command);
  };
  return {
    figures,
    pids: children.map(({ pid }) => pid),
    tell,
    failed,
    async leave() {
      isLeaving = true;
      tell({ kind: "leave" });
      await Promise.all(children.map(ended));
    },
    kill() {
      isLeaving = true;
      for (const child of children) child.kill("SIGKILL");
    },
  };
}

const ended = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
};

/** Without the keys of others' gateways; holes keep the numbers right. */
function ownPart(order: LoadOrder, part: number): LoadOrder {
  const { certificates, ...access } = order.access;
  if (certificates === undefined) return order;
  const own = certificates.map((one, at) =>
    at % order.processes === part ? one : { certificate: "", key: "" },
  );
  return { ...order, access: { ...access, certificates: own } };
}

const endedEarly = (how: number | NodeJS.Signals | null) =>
  new CodedError("LOAD_WORKER_ENDED", `A process of the load ended by itself (${how}).`);
