import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "@firebreak/kit/clock.ts";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { afterEach, describe, expect, test } from "vitest";
import { mountSmallDisk, noSmallDisk } from "../../../kit/small-disk.fixture.ts";
import { temporaryFolder } from "../../ingest.fixture.ts";
import { openJournal } from "../../journal/journal.ts";
import { contractMachine, type Row, startNs } from "../contract-machine.fixture.ts";
import { hasInflux, InfluxServer } from "./influx-server.fixture.ts";
import { type OpenedInflux, openedInflux } from "./opened-influx.fixture.ts";
import { StandIn } from "./stand-in.fixture.ts";
import { CountingMachine } from "./truth.fixture.ts";

const isSoak = process.env.FIREBREAK_SOAK === "1";
const none = { lost: 0, extra: 0 };

const endings: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});
async function serve(
  options: Parameters<typeof InfluxServer.start>[0] = {},
): Promise<InfluxServer> {
  const server = await InfluxServer.start(options);
  endings.push(() => server.stop());
  return server;
}
async function openAt(server: InfluxServer, timeoutMs = 1_000): Promise<OpenedInflux> {
  const opened = await openedInflux({ target: server.target("fleet"), timeoutMs });
  endings.push(() => opened.close());
  return opened;
}
/** Batches come in all the time until it is told to end. */
function keepComing(opened: OpenedInflux, machine: CountingMachine): () => Promise<void> {
  let isEnding = false;
  const run = async () => {
    while (!isEnding) {
      await opened.put(Array.from({ length: 5 }, () => machine.next(200)));
      await sleep(isSoak ? 1_000 : 20);
    }
  };
  const running = run();
  return async () => {
    isEnding = true;
    await running;
  };
}
const lastError = async (opened: OpenedInflux) => (await opened.store.stats()).lastError;

describe.skipIf(!hasInflux())("an InfluxDB that fails", () => {
  test("D1: killed and started again under load: the journal keeps all, nothing is lost, nothing twice", async () => {
    const server = await serve();
    const opened = await openAt(server, isSoak ? 10_000 : 1_000);
    const machine = new CountingMachine("m");
    await opened.append([machine.explained]);
    const end = keepComing(opened, machine);
    for (let round = 0; round < (isSoak ? 20 : 2); round++) {
      await sleep(300);
      await server.kill();
      await expect.poll(() => lastError(opened)).toMatchObject({ code: "STORE_UNREACHABLE" });
      const { offset } = await opened.store.stats();
      await sleep(isSoak ? 60_000 : 500);
      expect((await opened.store.stats()).offset).toBe(offset);
      expect(opened.journal.consumers()[0]?.lagBytes).toBeGreaterThan(0);
      expect(opened.journal.canTake()).toBe(true);
      await server.restart();
    }
    await end();
    await opened.store.caughtUp();
    expect(await machine.difference(server, "fleet")).toEqual(none);
    const { stored } = await opened.store.storedSamples("m");
    expect(stored).toBe(machine.produced);
    expect(await lastError(opened)).toBeNull();
  });

  test("D1: frozen for longer than anybody waits: what was stored without an answer is not there twice", async () => {
    const server = await serve();
    const opened = await openAt(server);
    const machine = new CountingMachine("m");
    await opened.append([machine.explained]);
    const end = keepComing(opened, machine);
    for (let round = 0; round < (isSoak ? 20 : 1); round++) {
      await sleep(200);
      server.freeze();
      await expect.poll(() => lastError(opened)).toMatchObject({ code: "STORE_TIMEOUT" });
      server.thaw();
    }
    await end();
    await opened.store.caughtUp();
    expect(await machine.difference(server, "fleet")).toEqual(none);
  });

  test("G9: who goes away while the database stands still is not waited for", async () => {
    const server = await serve();
    const opened = await openAt(server);
    const machine = new CountingMachine("m");
    await opened.append([machine.explained]);
    server.freeze();
    const gone = new AbortController();
    const asking = { abort: gone.signal };
    const one = { machineId: "m", signal: "x" };
    const answers = Promise.allSettled([
      opened.store.raw(one, asking),
      opened.store.buckets({ ...one, points: 2 }, asking),
      opened.store.stretches({ ...one, edgesNs: [0n, 60_000_000_000n] }, asking),
      opened.store.fleetHours({ signal: "x", machineIds: ["m"], fromNs: 0n, toNs: 1n }, asking),
    ]);
    gone.abort();
    const reasons = (await answers).map((one) => one.status === "rejected" && one.reason.code);
    expect(reasons).toEqual(reasons.map(() => "QUERY_CANCELLED"));
    server.thaw();
  });

  test("D8: the hub is killed between the database's write and its own commit, again and again", async () => {
    const server = await serve();
    const standIn = await StandIn.start(1, server, "fleet");
    endings.push(() => standIn.stop());
    const folder = temporaryFolder();
    endings.push(() => folder.remove());
    const machine = new CountingMachine("m");
    const fill = async (batches: number) => {
      const options = { folder: join(folder.path, "journal"), log: silentLogger };
      const journal = await openJournal({ ...options, clock: systemClock });
      journal.append(machine.explained);
      for (let made = 0; made < batches; made++) journal.append(machine.next(200));
      await journal.sync();
      await journal.close();
    };
    const run = (): ChildProcess =>
      fork(
        join(import.meta.dirname, "influx-process.fixture.ts"),
        [folder.path, JSON.stringify(standIn.target)],
        { execArgv: [], stdio: ["ignore", "ignore", "inherit", "ipc"] },
      );
    let kills = 0;
    for (let round = 0; round < (isSoak ? 50 : 3); round++) {
      await fill(60);
      const child = run();
      let writes = 0;
      standIn.onStored = () => {
        if (++writes <= round % 3) return;
        kills++;
        standIn.onStored = undefined;
        child.kill("SIGKILL");
      };
      await once(child, "exit");
    }
    standIn.onStored = undefined;
    const last = run();
    await once(last, "message");
    last.disconnect();
    await once(last, "exit");
    expect(kills).toBeGreaterThanOrEqual(3);
    expect(await machine.difference(server, "fleet")).toEqual(none);
  });

  test("D7: more series than the database allows: those beyond wait with its words, the others go in", async () => {
    const server = await serve({
      data: ["max-series-per-database = 100", "max-values-per-tag = 0"],
    });
    const opened = await openAt(server);
    const names = Array.from({ length: 150 }, (_, at) => `signal ${at}`);
    const bomb = contractMachine("bomb", names);
    const rows = names.map((name, at): Row => [name, at, at]);
    await opened.append([bomb.explained, bomb.batch(rows)]);
    const { stored, quarantined } = await opened.store.storedSamples("bomb");
    expect([stored, quarantined]).toEqual([100, 50]);
    const [aside] = await opened.store.aside();
    expect(aside?.reason).toMatch(/max-series-per-database limit exceeded/);
    await opened.append([bomb.batch(rows.slice(0, 50).map(([name]): Row => [name, 999, 1]))]);
    expect((await opened.store.storedSamples("bomb")).stored).toBe(150);
  });

  test("D7: a machine that makes up names without end is stopped by name, others are not", async () => {
    const server = await serve();
    const opened = await openAt(server);
    const endless = Array.from({ length: 5_001 }, (_, at) => `${at}`);
    const bomb = contractMachine("bomb", endless);
    const quiet = contractMachine("quiet");
    const batches = [bomb.batch([["7", 0, 1]]), quiet.batch([["odd", 0, 1]])];
    await opened.append([bomb.explained, quiet.explained, ...batches]);
    expect((await opened.store.aside())[0]?.reason).toMatch(/^bomb creates too many series/);
    expect((await opened.store.storedSamples("bomb")).quarantined).toBe(1);
    expect((await opened.store.storedSamples("quiet")).stored).toBe(1);
  });

  test("D7: a clock that stands still: the thousand and first sample of one stamp waits with the reason", async () => {
    const server = await serve();
    const opened = await openAt(server);
    const machine = contractMachine("m");
    const rows = Array.from({ length: 1_100 }, (_, at): Row => ["odd", 5, at]);
    await opened.append([machine.explained, machine.batch(rows)]);
    const { stored, quarantined } = await opened.store.storedSamples("m");
    expect([stored, quarantined]).toEqual([1_000, 100]);
    expect((await opened.store.aside())[0]?.reason).toBe("more than 1,000 samples with one stamp");
    expect(await opened.store.retryRefused()).toEqual({ taken: 0, waiting: 0, stopped: null });
    expect((await opened.store.aside())[0]?.mayRetry).toBe(false);
    expect(await server.rows("fleet", "select value from sample")).toHaveLength(1_000);
  });

  test("D10: a name longer than InfluxDB can hold waits with its words, the others go in", async () => {
    const server = await serve();
    const opened = await openAt(server);
    const long = "a".repeat(65_536);
    const machine = contractMachine("m", [long, "short"]);
    const rows: Row[] = [
      [long, 0, 1],
      ["short", 0, 2],
    ];
    await opened.append([machine.explained, machine.batch(rows)]);
    const { stored, quarantined } = await opened.store.storedSamples("m");
    expect([stored, quarantined]).toEqual([1, 1]);
    expect((await opened.store.aside())[0]?.reason).toMatch(/max key length exceeded/);
  });

  test("D12: older than the database keeps: it waits with the reason, the rest goes in", async () => {
    const server = await serve();
    await server.rows("", "create database fleet with duration 30d");
    const opened = await openAt(server);
    const machine = contractMachine("m");
    const nowNs = BigInt(Date.now()) * 1_000_000n;
    const recent = machine.batch([["odd", 0, 1]], nowNs);
    await opened.append([machine.explained, machine.batch([["odd", 0, 2]], startNs), recent]);
    const { stored, quarantined } = await opened.store.storedSamples("m");
    expect([stored, quarantined]).toEqual([1, 1]);
    expect((await opened.store.aside())[0]?.reason).toMatch(/beyond retention policy/);
  });
});

describe.skipIf(!hasInflux() || noSmallDisk() !== undefined)("an InfluxDB on a small disk", () => {
  test("D6: full, then with room again and restarted: nothing is lost, nothing twice", async () => {
    const disk = mountSmallDisk("64m");
    endings.push(() => disk[Symbol.dispose]());
    const server = await serve({ folder: join(disk.path, "influxdb") });
    const opened = await openAt(server);
    const machine = new CountingMachine("m");
    await opened.append([machine.explained, machine.next(200)]);
    fillUp(join(disk.path, "others"));
    const end = keepComing(opened, machine);
    await expect
      .poll(() => lastError(opened), { timeout: 60_000 })
      .toMatchObject({ code: "STORE_FULL", message: expect.stringMatching(/no space left/) });
    expect(await opened.store.machines()).toEqual(["m"]);
    rmSync(join(disk.path, "others"));
    // 1.x writes no more after a full disk until it is started again.
    await server.kill();
    await server.restart();
    await end();
    await opened.store.caughtUp();
    expect(await machine.difference(server, "fleet")).toEqual(none);
  });
});

/** Leaves no room. */
function fillUp(path: string): void {
  const file = openSync(path, "w");
  try {
    for (const block = Buffer.alloc(1 << 16); ; ) writeSync(file, block);
  } catch (error) {
    expect(errorCode(error)).toBe("ENOSPC");
  } finally {
    closeSync(file);
  }
}
