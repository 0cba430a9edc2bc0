import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "@firebreak/kit/clock.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { temporaryFolder } from "../../ingest.fixture.ts";
import { openJournal } from "../../journal/journal.ts";
import type { JournalRecord } from "../../journal/record.ts";
import { contractMachine } from "../contract-machine.fixture.ts";
import { hasInflux, InfluxServer } from "../influx/influx-server.fixture.ts";
import { StandIn } from "../influx/stand-in.fixture.ts";
import { CountingMachine } from "../influx/truth.fixture.ts";
import { defaultAccess, openStore, type TelemetryAccess } from "../open-store.ts";
import type { FollowingStore } from "../store.ts";
import { type MigrationOptions, migrateStore } from "./migrate-store.ts";

const none = { none: true } as const;
const odd = contractMachine("odd ,=\"'", ["a b", "line\nbreak"]);

let folder: ReturnType<typeof temporaryFolder>;
let server: InfluxServer;
let machine: CountingMachine;
const endings: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  folder = temporaryFolder();
  server = await InfluxServer.start();
  machine = new CountingMachine("m", { paceMs: 600_000 });
});
afterEach(async () => {
  for (const end of endings.splice(0)) await end();
  await server.stop();
  folder.remove();
});

/** Opens what a hub would have, does something with it, and closes it. */
async function withStore<Result>(
  access: TelemetryAccess,
  work: (store: FollowingStore) => Promise<Result>,
  records: readonly JournalRecord[] = [],
): Promise<Result> {
  const [dataFolder, log] = [folder.path, silentLogger];
  const options = { folder: join(dataFolder, "journal"), log, clock: systemClock };
  const journal = await openJournal(options);
  for (const record of records) journal.append(record);
  await journal.sync();
  try {
    const store = await openStore({ access, dataFolder, journal, log });
    await store.caughtUp();
    const result = await work(store);
    await store.close();
    return result;
  } finally {
    await journal.close();
  }
}

/** Everything that can be asked of a store about two machines. */
async function everything(store: FollowingStore) {
  const machines = await store.machines();
  const about = async (machineId: string) => {
    const signals = await store.signals(machineId);
    const raw = signals.map(({ name }) => store.raw({ machineId, signal: name }));
    return {
      machineId,
      signals,
      raw: await Promise.all(raw),
      stored: await store.storedSamples(machineId),
    };
  };
  return Promise.all(machines.map(about));
}

const fillSqlite = (access: TelemetryAccess) =>
  withStore(access, everything, [
    machine.explained,
    ...Array.from({ length: 20 }, () => machine.next(200)),
    odd.explained,
    odd.batch([
      ["a b", 1, 1.5],
      ["a b", 1, 2.5],
      ["a b", 2, 0, Quality.error],
      ["line\nbreak", 3, -0.5],
      ["left", 4, 1],
      ["right", 4, 2],
    ]),
    { kind: "batch", gatewayId: "gw", machineId: "m", receivedAtMs: 0, block: Buffer.of(1) },
  ]);

const runMigration = (options: Partial<MigrationOptions> & Pick<MigrationOptions, "from" | "to">) =>
  migrateStore({
    dataFolder: folder.path,
    onProgress: () => undefined,
    onOutage: () => undefined,
    signal: new AbortController().signal,
    ...options,
  });

describe.skipIf(!hasInflux())("telemetry moves from SQLite to InfluxDB", () => {
  test("interrupted three times, by a signal, by a database that went away and by kill -9, it ends complete", async () => {
    const from = defaultAccess(folder.path);
    // Sees what goes to the database, so that each end comes in the middle of it.
    const standIn = await StandIn.start(1, server, "fleet");
    endings.push(() => standIn.stop());
    const to: TelemetryAccess = { target: standIn.target, secret: none };
    const before = await fillSqlite(from);

    const first = new AbortController();
    let steps = 0;
    const stopAtThird = () => ++steps === 3 && first.abort();
    const run = runMigration({ from, to, onProgress: stopAtThird, signal: first.signal });
    await expect(run).rejects.toMatchObject({ code: "MIGRATION_INTERRUPTED" });
    await expect(withStore(to, everything)).rejects.toMatchObject({ code: "STORE_OPEN" });

    const second = new AbortController();
    const killAtOnce = () => void server.kill();
    const away = runMigration({
      ...{ from, to, onProgress: killAtOnce, onOutage: () => second.abort() },
      signal: second.signal,
    });
    await expect(away).rejects.toMatchObject({ code: "MIGRATION_INTERRUPTED" });
    await server.restart();

    const address = `influxdb1://${new URL(standIn.target.url).host}/fleet`;
    const killed = command(address);
    standIn.onStored = () => void killed.kill("SIGKILL");
    expect(await once(killed, "exit")).toEqual([null, "SIGKILL"]);
    standIn.onStored = undefined;

    const last = command(address);
    expect(await once(last, "exit")).toEqual([0, null]);
    expect(await machine.difference(server, "fleet")).toEqual({ lost: 0, extra: 0 });
    const next = machine.next(100);
    expect(await withStore(to, everything)).toEqual(before);
    const stored = await withStore(to, (store) => store.storedSamples("m"), [next]);
    expect(stored.stored).toBe(machine.produced);
    expect(await machine.difference(server, "fleet")).toEqual({ lost: 0, extra: 0 });
  });

  test("a store that is begun without moving anything knows the signals all the same", async () => {
    await fillSqlite(defaultAccess(folder.path));
    rmSync(join(folder.path, "journal"), { recursive: true });
    const to: TelemetryAccess = { target: server.target("fleet"), secret: none };
    const late = contractMachine("m").batch([["odd", 1, 7]]);
    const stored = await withStore(to, (store) => store.storedSamples("m"), [late]);
    expect([stored.stored, stored.quarantined]).toEqual([1, 0]);
  });

  test("and back again, answering the same", async () => {
    const from = defaultAccess(folder.path);
    const influx: TelemetryAccess = { target: server.target("fleet"), secret: none };
    const path = join(folder.path, "again.sqlite");
    const again: TelemetryAccess = { target: { kind: "sqlite", path }, secret: none };
    const before = await fillSqlite(from);
    const samples = machine.produced + 6;
    expect(await runMigration({ from, to: influx })).toBe(samples);
    expect(await runMigration({ from: influx, to: again })).toBe(samples);
    expect(await withStore(again, everything)).toEqual(before);
  });

  test("a store that is in use, and a source that went on, are refused", async () => {
    const from = defaultAccess(folder.path);
    const to: TelemetryAccess = { target: server.target("fleet"), secret: none };
    await expect(runMigration({ from: to, to })).rejects.toThrow(/the same store/);
    await fillSqlite(from);
    await server.rows("", "create database fleet");
    await fetch(`${server.url}/write?db=fleet`, { method: "POST", body: "sample value=1" });
    await expect(runMigration({ from, to })).rejects.toThrow(/already holds telemetry/);
    await server.rows("", "drop database fleet");

    const stop = new AbortController();
    const run = runMigration({ from, to, onProgress: () => stop.abort(), signal: stop.signal });
    await expect(run).rejects.toMatchObject({ code: "MIGRATION_INTERRUPTED" });
    await withStore(from, everything, [machine.next(10)]);
    await expect(runMigration({ from, to })).rejects.toMatchObject({
      code: "MIGRATION_SOURCE_CHANGED",
    });
  });
});

/** `firebreak migrate-store` as a process of its own. */
function command(to: string): ChildProcess {
  const program = join(import.meta.dirname, "../../../cli/bin/firebreak.js");
  const args = [program, "migrate-store", "--data", folder.path, "--to", to];
  return spawn(process.execPath, args, { stdio: "ignore" });
}
