/** What questions cost: the newest of a fleet, a curve of 90 days, a week of hours of 10,000 machines. */
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createServer } from "@firebreak/dashboards/server/create-server.ts";
import type { ServerPorts } from "@firebreak/dashboards/server/ports.ts";
import { seededPorts, tokenOf } from "@firebreak/dashboards/server/seeded-ports.fixture.ts";
import {
  exampleDictionary,
  exampleMachine,
  seeded,
} from "@firebreak/ingest/example-machine.fixture.ts";
import { type Journal, openJournal } from "@firebreak/ingest/journal/journal.ts";
import { LiveViewKeeper } from "@firebreak/ingest/live/live-view.ts";
import { openSqliteStore, type SqliteStore } from "@firebreak/ingest/store/sqlite/sqlite-store.ts";
import type { LatestSignal } from "@firebreak/ingest/store/store.ts";
import { systemClock } from "@firebreak/kit/clock.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { encodeBatch } from "@firebreak/wire/batch-block.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import { besideOthers } from "./beside-others.ts";
import { type BenchResult, medianOf, toResult } from "./result.ts";

/** Less of both for a quick look: most of the time goes into making what is asked about. */
const fleetSize = Number(process.env.FIREBREAK_BENCH_MACHINES ?? 10_000);
const days = Number(process.env.FIREBREAK_BENCH_DAYS ?? 90);
const signalsInMemory = 30;
const runs = 9;
const dayNs = 86_400_000_000_000n;
const secondNs = 1_000_000_000;
const startNs = 1_780_012_800_000_000_000n; // a UTC midnight
const longMachine = "long";
const batchSamples = 2_400;
const dictionary = exampleDictionary(1);
const signal = "signal0";
const idOf = (at: number) => `machine-${String(at).padStart(5, "0")}`;
const fleetIds = Array.from({ length: fleetSize }, (_, at) => idOf(at));
const week = { fromNs: startNs, toNs: startNs + 7n * dayNs };

/** Takes some minutes, most of them to make what is asked about. */
export async function run(): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), "firebreak-bench-"));
  const log = silentLogger;
  const journal = await openJournal({ folder: join(folder, "journal"), log, clock: systemClock });
  try {
    await fillFleet(journal);
    const long = await fillLong(journal);
    const path = join(folder, "telemetry.sqlite");
    const store = await openSqliteStore({ path, journal, log });
    await store.caughtUp();
    await store.sealAll();
    const results = await ask(store, long);
    await store.close();
    return results;
  } finally {
    await journal.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function ask(store: SqliteStore, long: number): Promise<BenchResult[]> {
  const hub = await startServer(store);
  try {
    const { row, hoursOf } = hub;
    const ninety = `from=${iso(startNs)}&to=${iso(startNs + BigInt(days) * dayNs)}`;
    const span = `from=${iso(week.fromNs)}&to=${iso(week.toNs)}`;
    const hours = { ...week, signal, machineIds: fleetIds };
    return [
      await row(`newest value of one signal, ${fleetSize} machines, HTTP`, async () => {
        const { items } = await hub.get<{ items: unknown[] }>(`/fleet/latest?signal=${signal}`);
        return items.length;
      }),
      await row(`newest values of four signals, ${fleetSize} machines, HTTP`, async () => {
        const names = [0, 1, 2, 3].map((at) => `signal=signal${at}`).join("&");
        const { items } = await hub.get<{ items: unknown[] }>(`/fleet/latest?${names}`);
        return items.length;
      }),
      await row(
        `one raw signal, ${long} samples of ${days} days, to 2,000 points, HTTP`,
        async () => {
          const url = `/machines/${longMachine}/series?signal=${signal}&${ninety}&points=2000`;
          return (await hub.get<{ t: unknown[] }>(url)).t.length;
        },
      ),
      await row(`hours of a week, one signal, ${fleetSize} machines, store`, async () => {
        return (await store.fleetHours(hours)).hour.length;
      }),
      await row("the same, one row for each machine, HTTP in 2 pages", () =>
        hoursOf(`/fleet/hours?signal=${signal}&${span}&per=machine&limit=5000`),
      ),
      await row("the same, every hour, HTTP in 20 pages", () =>
        hoursOf(`/fleet/hours?signal=${signal}&${span}&limit=500`),
      ),
      toResult("event loop held up at most, client included", "ms", [hub.heldUpMs()]),
      ...(await besideOthers({
        url: hub.url,
        long: `/machines/${longMachine}/series?signal=${signal}&${ninety}&points=20000`,
        chart: `/machines/${longMachine}/series?signal=${signal}&from=${iso(startNs)}&to=${iso(startNs + dayNs / 24n)}&points=500`,
      })),
    ];
  } finally {
    await hub.stop();
  }
}

const iso = (timeNs: bigint) => String(timeNs / 1_000_000n);

/** The hub's interface on the real store and the real live view; the rest of the hub is not there. */
async function startServer(store: SqliteStore) {
  const live = new LiveViewKeeper(systemClock);
  for (const [at, machineId] of fleetIds.entries()) live.seed(machineId, newestOf(at));
  const { ports } = await seededPorts(0);
  const machines = [...fleetIds, longMachine].map((machineId) => ({
    ...{ machineId, plan: "loader-tractor", title: null, lastContact: null, online: true },
  }));
  const byId = new Map(machines.map((machine) => [machine.machineId, machine]));
  const given: ServerPorts = {
    ...ports,
    machines: { list: async () => machines, get: async (machineId) => byId.get(machineId) },
    live: {
      latest: (machineId) => live.machine(machineId)?.signals ?? [],
      some: (machineId, names) => live.some(machineId, names),
      onChange: () => () => undefined,
    },
    telemetry: store,
  };
  const app = createServer(given);
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const headers = { authorization: `Bearer ${tokenOf("viewer")}` };
  // Never halted: what lies between would count as one delay.
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const get = async <Answer>(path: string) => {
    const reply = await fetch(`http://127.0.0.1:${port}/api/v1${path}`, { headers });
    if (!reply.ok) throw new TypeError(await reply.text());
    return (await reply.json()) as Answer;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    get,
    /** Entries of all pages. */
    async hoursOf(path: string) {
      let seen = 0;
      let cursor: string | null = null;
      do {
        const page: { items: { t: unknown[] }[]; next: string | null } = await get(
          cursor === null ? path : `${path}&cursor=${cursor}`,
        );
        seen += page.items.reduce((sum, { t }) => sum + t.length, 0);
        cursor = page.next;
      } while (cursor !== null);
      return seen;
    },
    async row(name: string, work: () => Promise<number>) {
      const entries = await work();
      const cpuBefore = process.cpuUsage();
      const times: number[] = [];
      for (let turn = 0; turn < runs; turn++) {
        const started = performance.now();
        await work();
        times.push(performance.now() - started);
      }
      const { user, system } = process.cpuUsage(cpuBefore);
      const cpu = Math.round((user + system) / 1_000 / runs);
      return toResult(name, "ms", times, `${entries} entries; ${cpu} ms of CPU, client included`);
    },
    heldUpMs: () => medianOf([delay.max / 1e6]),
    async stop() {
      await app.close();
      live.close();
    },
  };
}

function newestOf(machine: number): LatestSignal[] {
  return Array.from({ length: signalsInMemory }, (_, at) => ({
    name: `signal${at}`,
    unit: "kPa",
    spn: 1_000 + at,
    sa: 0,
    value: machine + at / 8,
    quality: "good",
    t: "2026-05-01T08:00:00.000000000Z",
  }));
}

/** One signal of each machine, three samples an hour for a week. */
async function fillFleet(journal: Journal): Promise<void> {
  for (const [seed, machineId] of fleetIds.entries()) {
    const who = { gatewayId: "gateway", machineId };
    const machine = exampleMachine({ ...who, dictionary, seed, startNs });
    journal.append({ kind: "dictionary", ...who, dictionary });
    const { block } = machine.next({ steps: 7 * 24 * 3, stepNs: 1_200 * secondNs });
    await append(journal, { ...who, block });
  }
  await journal.sync();
}

/** One sample a second for 90 days; tells how many. */
async function fillLong(journal: Journal): Promise<number> {
  const who = { gatewayId: "gateway", machineId: longMachine };
  journal.append({ kind: "dictionary", ...who, dictionary });
  const random = seeded(1);
  const { scale = 1, offset = 0 } = dictionary.signals[0] ?? {};
  const total = days * 86_400;
  let raw = 1_000;
  for (let from = 0, number = 1; from < total; from += batchSamples, number++) {
    const samples = new SampleColumns(startNs + BigInt(from) * BigInt(secondNs), batchSamples);
    for (let at = 0; at < batchSamples; at++) {
      raw += Math.round((random() - 0.5) * 6);
      samples.push(0, at * secondNs, raw * scale + offset, Quality.good);
    }
    const counts = { produced: from + batchSamples, suppressed: 0 };
    const header = { epoch: "00".repeat(16), number, lane: "live", ...counts } as const;
    const block = encodeBatch(who, { ...header, dictionary, samples, events: [] });
    await append(journal, { ...who, block });
  }
  await journal.sync();
  return total;
}

async function append(
  journal: Journal,
  batch: { readonly gatewayId: string; readonly machineId: string; readonly block: Uint8Array },
): Promise<void> {
  if (!journal.canTake()) await journal.sync();
  journal.append({ kind: "batch", receivedAtMs: Date.now(), ...batch });
}
