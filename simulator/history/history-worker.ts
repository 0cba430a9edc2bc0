/** A thread that lives through the past of some machines, one after the other. */
import { parentPort, workerData } from "node:worker_threads";
import { type HistoryOrder, historyOf } from "./machine-history.ts";

const port = parentPort;
if (!port) throw new TypeError("runs as a worker only");
for (const order of workerData as readonly HistoryOrder[]) {
  const made = historyOf(order, () => port.postMessage({ day: true }));
  port.postMessage({ machineId: order.machine.machineId, columns: made ?? new Map() });
}
