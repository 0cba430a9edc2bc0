import { Worker } from "node:worker_threads";
import type { HistoryOrder, HourColumns } from "./machine-history.ts";

export interface MachineHistory {
  readonly machineId: string;
  /** By signal. */
  readonly columns: ReadonlyMap<string, HourColumns>;
}

type Message = { readonly day: true } | MachineHistory;

/** As many as the smallest computer that is to show the demonstration has cores. */
const threads = 2;

/**
 * The past of machines, in threads; `take` gets each in turn, as it is ready. Ends early, with what was taken, when told to.
 * @throws the error of a thread
 */
export async function runHistory(
  orders: readonly HistoryOrder[],
  of: {
    readonly take: (history: MachineHistory) => Promise<void>;
    readonly onDay: () => void;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const shares = Array.from({ length: threads }, (_, thread) =>
    orders.filter((_order, at) => at % threads === thread),
  );
  let taking = Promise.resolve();
  const share = (ofThread: readonly HistoryOrder[]) =>
    new Promise<void>((resolve, reject) => {
      // Flags of the main thread (test runners, loaders) are not the worker's.
      const worker = new Worker(new URL("./history-worker.ts", import.meta.url), {
        workerData: ofThread,
        execArgv: [],
      });
      const end = () => void worker.terminate();
      of.signal.addEventListener("abort", end, { once: true });
      worker.on("message", (message: Message) => {
        if ("day" in message) of.onDay();
        else taking = taking.then(() => (of.signal.aborted ? undefined : of.take(message)));
      });
      worker.on("error", reject);
      worker.on("exit", () => {
        of.signal.removeEventListener("abort", end);
        resolve();
      });
    });
  await Promise.all(shares.map(share));
  await taking;
}
