/** Journal → InfluxDB, Debian's 1.6.7 on this machine, against what that server takes when its lines are made before. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Journal, openJournal } from "@firebreak/ingest/journal/journal.ts";
import { hasInflux, InfluxServer } from "@firebreak/ingest/store/influx/influx-server.fixture.ts";
import { openInfluxStore } from "@firebreak/ingest/store/influx/influx-store.ts";
import { systemClock } from "@firebreak/kit/clock.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { fillJournal } from "../filled-journal.ts";
import { type BenchResult, toResult } from "../result.ts";

const filling = { machines: 500, signals: 30, batchesPerMachine: 17, stepsPerBatch: 12 };
const rounds = 3;
const log = silentLogger;

interface Round {
  readonly samplesPerSecond: number;
  readonly ownCpuPercent: number;
  readonly serverAlone: number;
  readonly rssMb: number;
}

/** About 3 million samples a round; takes about two minutes. */
export async function run(): Promise<BenchResult[]> {
  if (!hasInflux()) return [];
  const results: Round[] = [];
  for (let round = 0; round < rounds; round++) results.push(await runOnce(round));
  const row = (name: string, unit: string, pick: (round: Round) => number, note?: string) =>
    toResult(name, unit, results.map(pick), note);
  const { machines, signals, stepsPerBatch } = filling;
  const profile = `${machines} machines x ${signals} signals, batches of ${signals * stepsPerBatch} samples; server and hub share the machine`;
  return [
    row(
      "journal to InfluxDB 1.6.7, confirmed",
      "samples/s",
      (one) => one.samplesPerSecond,
      profile,
    ),
    row("the hub's own CPU meanwhile", "% of a core", (one) => one.ownCpuPercent),
    row(
      "the server alone, lines made before",
      "samples/s",
      (one) => one.serverAlone,
      "reference: same lines, same size and number of requests",
    ),
    row("memory of the process, generator included", "MB", (one) => one.rssMb),
  ];
}

async function runOnce(seed: number): Promise<Round> {
  const folder = mkdtempSync(join(tmpdir(), "firebreak-bench-"));
  const server = await InfluxServer.start();
  const journal = await openJournal({ folder: join(folder, "journal"), log, clock: systemClock });
  try {
    const samples = await fillJournal(journal, { ...filling, seed });
    const { seconds, cpuSeconds } = await store(journal, server, folder);
    const counts = "select count(value), count(quality) from sample";
    const [[, good, bad] = []] = await server.rows("fleet", counts);
    const stored = Number(good) + Number(bad);
    if (stored !== samples) throw new Error(`${stored} of ${samples} samples are there`);
    return {
      samplesPerSecond: samples / seconds,
      ownCpuPercent: (cpuSeconds / seconds) * 100,
      serverAlone: await postAlone(server),
      rssMb: process.memoryUsage().rss / 1e6,
    };
  } finally {
    await journal.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function store(journal: Journal, server: InfluxServer, folder: string) {
  const cpu = process.cpuUsage();
  const started = performance.now();
  const opened = await openInfluxStore({
    target: server.target("fleet"),
    secret: { none: true },
    statePath: join(folder, "state.sqlite"),
    journal,
    log,
  });
  await opened.caughtUp();
  const seconds = (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  await opened.close();
  return { seconds, cpuSeconds: (user + system) / 1e6 };
}

/** Requests of 5,000 lines, three at a time, of as many series. */
async function postAlone(server: InfluxServer): Promise<number> {
  await server.rows("", "create database alone");
  const requests = Array.from({ length: 200 }, (_, request) =>
    Array.from({ length: 5_000 }, (_, line) => {
      const at = request * 5_000 + line;
      const series = at % (filling.machines * filling.signals);
      const machine = Math.floor(series / filling.signals);
      const signal = series % filling.signals;
      const tags = `machine=machine-${machine},sa=0,signal=signal${signal},spn=${1000 + signal},unit=kPa`;
      return `sample,${tags} value=${(at % 977) * 0.125} ${1_780_000_000_000_000_000n + BigInt(at) * 1_000_000n}`;
    }).join("\n"),
  );
  const url = `${server.url}/write?db=alone`;
  const started = performance.now();
  const post = async () => {
    for (let body = requests.pop(); body !== undefined; body = requests.pop())
      await fetch(url, { method: "POST", body });
  };
  await Promise.all([post(), post(), post()]);
  return 1e6 / ((performance.now() - started) / 1_000);
}
