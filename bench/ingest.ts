/** What a hub takes in: a whole fleet over MQTT, and its journal into InfluxDB. */
import { runFleet } from "./ingest/fleet.ts";
import { run as journalToInflux } from "./ingest/journal-to-influx.ts";
import type { BenchResult } from "./result.ts";

const seconds = Number(process.env.FIREBREAK_BENCH_SECONDS ?? 60);
const gateways = Number(process.env.FIREBREAK_BENCH_GATEWAYS ?? 5_000);

const fleet = { gateways, seconds };

/** About 15 minutes; `FIREBREAK_BENCH_SECONDS=600` for the full length, `FIREBREAK_BENCH_GATEWAYS` for a smaller fleet. */
export async function run(): Promise<BenchResult[]> {
  return [
    ...(await runFleet({ ...fleet, signals: 30, batchEveryMs: 1_000, samplesPerBatch: 30 })),
    ...(await runFleet({ ...fleet, signals: 40, batchEveryMs: 5_000, samplesPerBatch: 400 })),
    ...(await journalToInflux()),
  ];
}
