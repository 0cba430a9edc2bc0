/** The thread that answers questions about telemetry, so that a long one holds up neither writing nor arrival. */
import { parentPort, workerData } from "node:worker_threads";
import { serveCalls } from "../rpc.ts";
import { createTelemetryQueries } from "./telemetry-queries.ts";
import { openTelemetryReader } from "./telemetry-schema.ts";

const port = parentPort;
if (!port) throw new TypeError("runs as a worker only");
const { path } = workerData as { path: string };
const database = openTelemetryReader(path);

serveCalls(port, {
  ...createTelemetryQueries(database, path),
  close() {
    database.close();
    setImmediate(() => port.close());
  },
});
port.postMessage({ ready: true });
