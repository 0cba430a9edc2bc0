import { cpSync } from "node:fs";
import { basename, join } from "node:path";
import { systemClock } from "@firebreak/kit/clock.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { readBatchHeader } from "@firebreak/wire/batch-block.ts";
import { DataType, encodePayload } from "@firebreak/wire/sparkplug-payload.ts";
import { afterEach, describe, expect, test } from "vitest";
import { type Delivery, openDelivery } from "../delivery/delivery.ts";
import { quarantineLimits } from "../delivery/quarantine-rows.ts";
import { exampleDictionary, exampleMachine } from "../example-machine.fixture.ts";
import { temporaryFolder } from "../ingest.fixture.ts";
import { openJournal } from "../journal/journal.ts";
import { decodeRecord, type QuarantineReason } from "../journal/record.ts";
import { createRetry } from "./retry-quarantined.ts";

const [gatewayId, machineId, epoch] = ["gw", "m", "cd".repeat(16)];
const dictionary = exampleDictionary(3);
const topic = `spBv1.0/firebreak/DDATA/${gatewayId}/${machineId}`;
const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** What the hub keeps, opened on a folder; a copy of the folder is what a kill -9 leaves. */
async function openHub(folder: string) {
  const journal = await openJournal({
    folder: join(folder, "journal"),
    log: silentLogger,
    clock: systemClock,
  });
  const cuts: (string | null)[] = [];
  const delivery = openDelivery({
    path: join(folder, "delivery.sqlite"),
    journal,
    storeId: "store",
    clock: systemClock,
    log: silentLogger,
    onSettled: () => {},
    onQuarantineCut: (whose) => cuts.push(whose),
  });
  const machines = new Map<string, string[]>();
  const arrived: string[] = [];
  const retry = createRetry({
    delivery,
    clock: systemClock,
    rightsOf: async (id) => machines.get(id),
    onBatch: (batch) => arrived.push(batch.machineId),
  });
  endings.push(async () => {
    delivery.close();
    await journal.close();
  });
  const batches = () => {
    let count = 0;
    for (let at = journal.oldest; ; ) {
      const { records, next } = journal.read(at, 1 << 20);
      for (const { payload } of records) if (decodeRecord(payload).kind === "batch") count++;
      if (next === at) return count;
      at = next;
    }
  };
  return { folder, journal, delivery, retry, cuts, machines, arrived, batches };
}

async function startHub() {
  const folder = temporaryFolder();
  endings.push(() => folder.remove());
  return openHub(folder.path);
}

async function copyOf(folder: string) {
  const copy = temporaryFolder();
  endings.push(() => copy.remove());
  // The lock is the living process's; of a killed one it is nobody's.
  cpSync(folder, copy.path, {
    recursive: true,
    filter: (path) => !basename(path).includes("lock"),
  });
  return openHub(copy.path);
}

type Hub = Awaited<ReturnType<typeof openHub>>;
const machine = () => exampleMachine({ gatewayId, machineId, dictionary, epoch });

function putAside(
  delivery: Delivery,
  about: { reason: QuarantineReason; bytes: Uint8Array; isBlock?: boolean; from?: string },
): void {
  const { reason, bytes, isBlock = true, from = gatewayId } = about;
  const { number, sampleCount } = isBlock ? readBatchHeader(bytes) : { number: 0, sampleCount: 0 };
  delivery.append({
    kind: "quarantine",
    topic,
    reason,
    receivedAtMs: Date.now(),
    gatewayId: from,
    machineId: isBlock ? machineId : null,
    batch: isBlock ? { epoch, number, samples: sampleCount } : null,
    length: bytes.length,
    bytes,
  });
}

const synced = ({ journal }: Hub) => journal.sync();
const explain = ({ delivery }: Hub) =>
  delivery.append({ kind: "dictionary", gatewayId, machineId, dictionary });
const positions = ({ delivery }: Hub) => delivery.quarantine().map(({ position }) => position);

describe("what was put aside and is tried again", () => {
  test("waits for its dictionary, then is taken once, however often it is asked for", async () => {
    const hub = await startHub();
    const { block } = machine().next({ steps: 4 });
    putAside(hub.delivery, { reason: "unknown-dictionary", bytes: block });
    await synced(hub);
    const [position = -1] = positions(hub);
    expect(await hub.retry(position)).toEqual({ state: "waiting", reason: "unknown-dictionary" });
    const before = hub.delivery.totals(machineId);
    expect(before).toMatchObject({ received: 0, quarantined: 12 });

    explain(hub);
    await synced(hub);
    const [first, second] = await Promise.all([hub.retry(position), hub.retry(position)]);
    expect(first).toEqual({ state: "released", reason: null });
    expect(second).toEqual({ state: "waiting", reason: "under-way" });
    expect(await hub.retry(position)).toEqual({ state: "released", reason: null });
    expect(hub.batches()).toBe(1);
    expect(hub.arrived).toEqual([machineId]);
    const after = hub.delivery.totals(machineId);
    expect(after).toMatchObject({ produced: before.produced, received: 12, quarantined: 0 });
    const hours = hub.delivery.hours(machineId);
    expect(hours.reduce((sum, { received }) => sum + received, 0)).toBe(12);
    expect(hours.reduce((sum, { quarantined }) => sum + quarantined, 0)).toBe(0);
    expect(hub.delivery.quarantineCounts()).toEqual({});
  });

  test("kill -9 at any point: before the disk it waits still, behind it it is taken and counted once", async () => {
    const hub = await startHub();
    const { block } = machine().next({ steps: 4 });
    explain(hub);
    putAside(hub.delivery, { reason: "malformed-block", bytes: block });
    await synced(hub);
    const [position = -1] = positions(hub);
    const before = await copyOf(hub.folder);
    await hub.retry(position);
    // Not committed: the index learns of it from the journal.
    const behind = await copyOf(hub.folder);
    for (const copy of [before, behind]) {
      expect(await copy.retry(position)).toEqual({ state: "released", reason: null });
      expect(copy.batches()).toBe(1);
      expect(copy.delivery.totals(machineId)).toMatchObject({ received: 12, quarantined: 0 });
    }
  });

  test("a clone's batch stays where it is; so does what is damaged, and what was cut", async () => {
    const hub = await startHub();
    explain(hub);
    const made = machine();
    putAside(hub.delivery, { reason: "cloned-number", bytes: made.next({ steps: 1 }).block });
    const damaged = Uint8Array.from(made.next({ steps: 1 }).block);
    damaged[damaged.length - 1] = (damaged.at(-1) ?? 0) ^ 0xff;
    putAside(hub.delivery, { reason: "checksum", bytes: damaged });
    hub.delivery.append({
      ...{ kind: "quarantine", topic, reason: "malformed-payload", receivedAtMs: 0, gatewayId },
      ...{ machineId: null, batch: null, length: 200_000, bytes: new Uint8Array(64 * 1024) },
    });
    await synced(hub);
    const results = [];
    for (const position of positions(hub)) results.push((await hub.retry(position)).reason);
    expect(results).toEqual(["cut", "checksum", "cloned-number"]);
    expect(hub.batches()).toBe(0);
    await expect(hub.retry(77)).rejects.toThrow("nothing in quarantine");
  });

  test("a machine that its gateway may speak for now", async () => {
    const hub = await startHub();
    explain(hub);
    const { block } = machine().next({ steps: 4 });
    const metrics = [{ alias: 1, datatype: DataType.Bytes, value: block }];
    const bytes = encodePayload({ timestampMs: 1, seq: 3, metrics });
    putAside(hub.delivery, { reason: "foreign-machine", bytes, isBlock: false });
    putAside(hub.delivery, { reason: "foreign-machine", bytes, isBlock: false });
    await synced(hub);
    const [second = -1, first = -1] = positions(hub);
    // Nobody knows yet what it may.
    expect(await hub.retry(first)).toEqual({ state: "waiting", reason: "foreign-machine" });
    hub.machines.set(gatewayId, ["another"]);
    expect(await hub.retry(first)).toEqual({ state: "waiting", reason: "foreign-machine" });
    hub.machines.set(gatewayId, [machineId]);
    expect(await hub.retry(first)).toEqual({ state: "released", reason: null });
    // The same message once more: the hub has it.
    expect(await hub.retry(second)).toEqual({ state: "known", reason: null });
    expect(hub.batches()).toBe(1);
    expect(hub.delivery.totals(machineId)).toMatchObject({ received: 12, quarantined: 0 });
  });
});

describe("a message of several batches that is tried again", () => {
  async function retried(blocks: readonly Uint8Array[]) {
    const hub = await startHub();
    explain(hub);
    hub.machines.set(gatewayId, [machineId]);
    const metrics = blocks.map((value) => ({ alias: 1, datatype: DataType.Bytes, value }));
    const bytes = encodePayload({ timestampMs: 1, seq: 3, metrics });
    putAside(hub.delivery, { reason: "foreign-machine", bytes, isBlock: false });
    await synced(hub);
    const [position = -1] = positions(hub);
    return { hub, result: await hub.retry(position) };
  }

  test("the same batch twice is taken once", async () => {
    const { block } = machine().next({ steps: 4 });
    const { hub, result } = await retried([block, block]);
    expect(result).toEqual({ state: "released", reason: null });
    expect(hub.batches()).toBe(1);
    expect(hub.delivery.totals(machineId)).toMatchObject({ received: 12 });
  });

  test("of two under one number the first is taken, and the message stays for the other", async () => {
    const { hub, result } = await retried([
      machine().next({ steps: 4 }).block,
      machine().next({ steps: 5 }).block,
    ]);
    expect(result).toEqual({ state: "waiting", reason: "cloned-number" });
    expect(hub.batches()).toBe(1);
    expect(hub.delivery.quarantineCounts()).toEqual({ "foreign-machine": 1 });
  });
});

describe("what the quarantine may take", () => {
  test("one gateway pushes out its own, told once per cut, and nobody else's", async () => {
    const hub = await startHub();
    const bytes = Uint8Array.of(1, 2, 3);
    putAside(hub.delivery, { reason: "malformed-payload", bytes, isBlock: false, from: "quiet" });
    for (let at = 0; at < quarantineLimits.entriesOfGateway + 50; at++)
      putAside(hub.delivery, { reason: "malformed-payload", bytes, isBlock: false, from: "loud" });
    await synced(hub);
    const list = (gateway: string) => hub.delivery.quarantine({ gatewayId: gateway, limit: 1_001 });
    expect(list("loud")).toHaveLength(quarantineLimits.entriesOfGateway);
    expect(list("quiet")).toHaveLength(1);
    expect(hub.cuts).toContain("loud");
    expect(new Set(hub.cuts)).toEqual(new Set(["loud"]));
  });

  test("bytes count: 33 MiB of one gateway keep 32", async () => {
    const hub = await startHub();
    const bytes = new Uint8Array(64 * 1024);
    for (let at = 0; at < 33 * 16; at++) {
      putAside(hub.delivery, { reason: "malformed-payload", bytes, isBlock: false });
      if (at % 64 === 0) await synced(hub);
    }
    await synced(hub);
    expect(hub.delivery.quarantine({ limit: 1_001 })).toHaveLength(32 * 16);
    expect(hub.cuts.length).toBeGreaterThan(0);
  });
});
