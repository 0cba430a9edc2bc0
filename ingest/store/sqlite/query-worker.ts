/** The thread that answers questions about telemetry, so that a long one holds up neither writing nor arrival. */
import { parentPort, workerData } from "node:worker_threads";
import { serveCalls } from "../rpc.ts";
import type { FleetQuery, RawOptions, SeriesQuery, StretchQuery } from "../store.ts";
import { type Check, ReadTurns } from "./read-turns.ts";
import { createTelemetryQueries } from "./telemetry-queries.ts";

const port = parentPort;
if (!port) throw new TypeError("runs as a worker only");
const { path } = workerData as { path: string };

const turns = new ReadTurns({
  first: createTelemetryQueries(path, { cacheKiB: 16_000 }),
  open: () => createTelemetryQueries(path, { cacheKiB: 2_000 }),
  close: (queries) => queries.close(),
});

serveCalls(port, {
  machines: () => turns.run((queries) => queries.machines()),
  signals: (machineId: string) => turns.run((queries) => queries.signals(machineId)),
  raw: (query: SeriesQuery & RawOptions, check: Check) =>
    turns.run((queries) => queries.raw(query), check),
  buckets: (query: SeriesQuery & { points: number }, check: Check) =>
    turns.run((queries) => queries.buckets(query), check),
  stretches: (query: StretchQuery, check: Check) =>
    turns.run((queries) => queries.stretches(query), check),
  fleetHours: (query: FleetQuery, check: Check) =>
    turns.run((queries) => queries.fleetHours(query), check),
  storedSamples: (machineId: string) => turns.run((queries) => queries.storedSamples(machineId)),
  aside: () => turns.run((queries) => queries.aside()),
  offset: () => turns.run((queries) => queries.offset()),
  stats: () => turns.run((queries) => queries.stats()),
  close() {
    turns.close();
    setImmediate(() => port.close());
  },
});
port.postMessage({ ready: true });
