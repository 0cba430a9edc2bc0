/** Journal → embedded telemetry store: how fast, how small, how much memory, and what a question costs. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openJournal } from "@firebreak/ingest/journal/journal.ts";
import { openSqliteStore, type SqliteStore } from "@firebreak/ingest/store/sqlite/sqlite-store.ts";
import { systemClock } from "@firebreak/kit/clock.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { fillJournal } from "./filled-journal.ts";
import { type BenchResult, toResult } from "./result.ts";

const machineCount = 50;
const signals = 30;
/** Reference profile: a sample per signal each 5 s; a batch holds a minute of it. */
const stepsPerBatch = 12;
const hours = 8;
const rounds = 3;

interface Round {
  readonly intoStore: number;
  readonly withSealing: number;
  readonly bytesPerSample: number;
  readonly fileBytesPerSample: number;
  readonly rawMs: number;
  readonly bucketsMs: number;
  readonly latestMs: number;
  readonly rssMb: number;
}

/** Takes about a minute. */
export async function run(): Promise<BenchResult[]> {
  const results: Round[] = [];
  for (let round = 0; round < rounds; round++) results.push(await runOnce(round));
  const row = (name: string, unit: string, pick: (round: Round) => number, note?: string) =>
    toResult(name, unit, results.map(pick), note);
  const profile = `${machineCount} machines x ${signals} signals, ${hours} h at 0.2 samples/s each`;
  return [
    row("journal to store, committed", "samples/s", (one) => one.intoStore, profile),
    row("journal to store, sealed with rollups", "samples/s", (one) => one.withSealing),
    row("sealed, blocks and rollups", "bytes/sample", (one) => one.bytesPerSample),
    row("sealed, whole file", "bytes/sample", (one) => one.fileBytesPerSample),
    row("raw series, one signal, 8 h", "ms", (one) => one.rawMs),
    row("chart of 500 points, one signal, 8 h", "ms", (one) => one.bucketsMs),
    row("latest value of every signal of a machine", "ms", (one) => one.latestMs),
    row("memory of the process, generator included", "MB", (one) => one.rssMb),
  ];
}

async function runOnce(seed: number): Promise<Round> {
  const folder = mkdtempSync(join(tmpdir(), "firebreak-bench-"));
  const log = silentLogger;
  const journal = await openJournal({ folder: join(folder, "journal"), log, clock: systemClock });
  try {
    const samples = await fillJournal(journal, {
      machines: machineCount,
      signals,
      batchesPerMachine: (hours * 3_600) / 5 / stepsPerBatch,
      stepsPerBatch,
      seed,
    });
    const started = performance.now();
    // Sealing waits for its own measurement.
    const store = await openSqliteStore({
      path: join(folder, "telemetry.sqlite"),
      journal,
      log,
      sealSamples: Number.MAX_SAFE_INTEGER,
    });
    await store.caughtUp();
    const committed = performance.now();
    await store.sealAll();
    const sealed = performance.now();
    const { file: stats } = await store.stats();
    if (!stats) throw new TypeError("the embedded store is a file");
    const measured = {
      intoStore: (samples / (committed - started)) * 1_000,
      withSealing: (samples / (sealed - started)) * 1_000,
      bytesPerSample: stats.sealedBytes / stats.sealedSamples,
      fileBytesPerSample: stats.fileBytes / stats.sealedSamples,
      ...(await ask(store)),
      rssMb: process.memoryUsage().rss / 1e6,
    };
    await store.close();
    return measured;
  } finally {
    await journal.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function ask(store: SqliteStore) {
  const query = { machineId: "machine-7", signal: "signal3" };
  const timed = async (work: () => Promise<unknown>) => {
    await work();
    const started = performance.now();
    for (let turn = 0; turn < 10; turn++) await work();
    return (performance.now() - started) / 10;
  };
  return {
    rawMs: await timed(() => store.raw(query)),
    bucketsMs: await timed(() => store.buckets({ ...query, points: 500 })),
    latestMs: await timed(() => store.signals(query.machineId)),
  };
}
