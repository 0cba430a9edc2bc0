import { fork } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@firebreak/kit/clock.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { metricNames } from "@firebreak/wire/session.ts";
import { afterEach, describe, expect, test } from "vitest";
import { FakeHub } from "./fake-hub.fixture.ts";
import { type Gateway, type GatewayOptions, startGateway } from "./main.ts";
import type { StallReport } from "./stalled-gateway.fixture.ts";
import { dm1, HandFedSource, tractorPlan, until } from "./test-source.fixture.ts";

const running: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of running.splice(0).reverse()) await stop();
});

const newFolder = () => mkdtempSync(join(tmpdir(), "firebreak-gateway-"));

async function startHub(port = 0, password?: string): Promise<FakeHub> {
  const hub = await FakeHub.start(port, password);
  running.push(() => hub.stop());
  return hub;
}

async function start(
  url: string,
  options: Partial<GatewayOptions> = {},
): Promise<{ gateway: Gateway; source: HandFedSource; folder: string }> {
  const source = new HandFedSource();
  const folder = options.spoolFolder ?? newFolder();
  const gateway = await startGateway({
    gatewayId: "gw-1",
    hub: { url, username: "gw-1", password: "secret" },
    spoolFolder: folder,
    machines: [{ machineId: "M1", plan: tractorPlan, sources: () => [source] }],
    batchAgeMs: 50,
    syncIntervalMs: 20,
    reconnect: { minMs: 20, capMs: 200 },
    window: { stallMs: 400 },
    openingMs: 500,
    log: silentLogger,
    ...options,
  });
  running.push(() => gateway.stop());
  await until(() => gateway.status().sources.length > 0, "a source");
  return { gateway, source, folder };
}

/** Every sample given came exactly once. */
function expectAll(hub: FakeHub, given: number): void {
  const values = hub
    .batches()
    .flatMap(({ samples }) => [...samples.value.subarray(0, samples.length)])
    .sort((a, b) => a - b);
  expect(values).toEqual(Array.from({ length: given }, (_, at) => at + 1));
  expect(hub.clones).toBe(0);
}

async function giveSome(source: HandFedSource, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    source.give(50);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

describe("an error that nobody expected", () => {
  test("ends a gateway and is told, and the next one works with what is on disk", async () => {
    const hub = await startHub();
    const told: unknown[] = [];
    const small = { spoolBytes: 64 * 1024, onBroken: (error: unknown) => void told.push(error) };
    const { gateway, source, folder } = await start(hub.url, small);
    source.give(50);
    await gateway.drained();
    // More than a record of so small a spool may have.
    source.valueOf = Math.random;
    source.give(2_000);
    await expect(gateway.ended()).rejects.toMatchObject({ code: "LOG_RECORD_TOO_LARGE" });
    await expect(gateway.drained()).rejects.toMatchObject({ code: "LOG_RECORD_TOO_LARGE" });
    expect(told).toHaveLength(1);
    await gateway.stop();
    const next = await start(hub.url, { spoolFolder: folder });
    next.source.given = source.given;
    next.source.give(50);
    await next.gateway.drained();
    expect(next.gateway.status().spool.machines.M1?.produced).toBe(100);
  });
});

describe("a gateway and its hub", () => {
  test("everything given arrives, in order, and is acknowledged", async () => {
    const hub = await startHub();
    const { gateway, source } = await start(hub.url);
    await giveSome(source, 20);
    await gateway.drained();
    expectAll(hub, 1_000);
    const { spool, link } = gateway.status();
    expect(spool).toMatchObject({ pendingBatches: 0, storeId: "store-1" });
    expect(spool.machines.M1).toMatchObject({ produced: 1_000, suppressed: 0, lost: 0 });
    expect(link.link).toBe("sending");
    expect(hub.numbers(spool.epoch)).toEqual(hub.numbers(spool.epoch).map((_, at) => at + 1));
  });

  test("births and data follow Sparkplug: order, sequence, bdSeq, QoS, goodbye", async () => {
    const hub = await startHub();
    const { gateway, source } = await start(hub.url);
    await giveSome(source, 5);
    await gateway.drained();
    await gateway.stop();
    await until(() => hub.messages.at(-1)?.type === "NDEATH", "the goodbye");
    const { messages } = hub;
    expect(messages.slice(0, 2).map(({ type }) => type)).toEqual(["NBIRTH", "DBIRTH"]);
    const alive = messages.filter(({ type }) => type !== "NDEATH");
    expect(alive.map(({ seq }) => seq)).toEqual(alive.map((_, at) => at % 256));
    expect(alive.every(({ qos }) => qos === 0)).toBe(true);
    expect(messages.at(-1)?.bdSeq).toBe(messages[0]?.bdSeq);
    expect(messages.at(-1)?.seq).toBeUndefined();
  });

  test("a rebirth keeps bdSeq and starts the sequence again", async () => {
    const hub = await startHub();
    const { gateway, source } = await start(hub.url);
    await giveSome(source, 3);
    await gateway.drained();
    const usedBytes = () => (gateway.status().data[0]?.usedMegabytes ?? 0) * 1_000_000;
    const before = usedBytes();
    hub.command("gw-1", metricNames.rebirth, true);
    await until(() => hub.messages.filter(({ type }) => type === "NBIRTH").length === 2, "births");
    // It holds the dictionary of the machine: on a link that is cut all the time births are what costs.
    expect(usedBytes() - before).toBeGreaterThan(1_000);
    const births = hub.messages.filter(({ type }) => type === "NBIRTH");
    expect(births.map(({ seq }) => seq)).toEqual([0, 0]);
    expect(births[1]?.bdSeq).toBe(births[0]?.bdSeq);
    await giveSome(source, 3);
    await gateway.drained();
    expectAll(hub, source.given);
  });

  test("a changed trouble code does not wait for the batch to fill", async () => {
    const hub = await startHub();
    const { gateway, source } = await start(hub.url, { batchAgeMs: 60_000 });
    await until(() => gateway.status().link.link === "sending", "a session");
    source.give(3, [dm1(100, 1_700_000_000_000_000_000n)]);
    await until(() => hub.blocks.size === 1, "the alarm");
    const [batch] = hub.batches();
    expect(batch?.header.lane).toBe("alarm");
    const [change, ...said] = batch?.events ?? [];
    expect(change).toMatchObject({ kind: "dtc-change", dtc: { spn: 100 }, state: "active" });
    expect(said).toEqual([dm1(100, 1_700_000_000_000_000_000n)]);
    expect(batch?.samples.length).toBe(3);
  });

  test("links cut again and again lose and double nothing", async () => {
    const hub = await startHub();
    const { gateway, source } = await start(hub.url);
    for (let round = 0; round < 15; round++) {
      await giveSome(source, 3);
      hub.cutLinks();
    }
    await gateway.drained();
    expectAll(hub, source.given);
    const bdSeqs = hub.messages.filter(({ type }) => type === "NBIRTH").map(({ bdSeq }) => bdSeq);
    expect(new Set(bdSeqs).size).toBe(bdSeqs.length);
  });

  test("data that a broker swallows go out again", async () => {
    const hub = await startHub();
    hub.manners.loses = 0.4;
    // Spread evenly: each time that one message is lost again its repetition comes twice as late.
    let draws = 0;
    hub.manners.random = () => (draws++ * 0.618_033_988_749) % 1;
    const { gateway, source } = await start(hub.url);
    await giveSome(source, 30);
    await gateway.drained();
    expectAll(hub, source.given);
  });

  test("a hub that comes back finds everything, the past marked as history", async () => {
    const first = await startHub();
    const { gateway, source } = await start(first.url, {
      window: { stallMs: 400, smallBacklogBytes: 0 },
    });
    await giveSome(source, 5);
    await gateway.drained();
    const before = first.blocks.size;
    await first.stop();
    running.splice(running.length - 2, 1);
    await giveSome(source, 10);
    await until(() => gateway.status().spool.pendingBatches > 0, "a batch");
    const second = await startHub(first.port);
    await until(() => second.offers.length > 0, "an offer");
    expect(second.offers[0]?.epochs[0]?.held.at(-1)?.[1]).toBeGreaterThan(before);
    // It has an empty memory: the acknowledged batches come again too, from the spool.
    await until(() => second.blocks.size > before, "the backlog");
    await gateway.drained();
    expectAll(second, source.given);
    expect(second.messages.some(({ isHistorical }) => isHistorical)).toBe(true);
  });

  test("a hub restored from an older copy gets again what it lacks", async () => {
    const hub = await startHub();
    const { gateway, source } = await start(hub.url);
    await giveSome(source, 20);
    await gateway.drained();
    const all = hub.blocks.size;
    expect(all).toBeGreaterThan(1);
    hub.forget((number) => number > 1);
    expect(hub.blocks.size).toBe(1);
    hub.cutLinks();
    await until(() => hub.blocks.size === all, "what was forgotten");
    expectAll(hub, source.given);
  });

  test("while the hub is offline data wait, and an old STATE changes nothing", async () => {
    const hub = await startHub();
    const { gateway, source } = await start(hub.url);
    await until(() => gateway.status().link.link === "sending", "a session");
    hub.state(false);
    await until(() => gateway.status().link.link === "hub-away", "the hub to go");
    hub.state(true, 1_000);
    await giveSome(source, 10);
    expect(hub.blocks.size).toBe(0);
    expect(gateway.status().link.link).toBe("hub-away");
    hub.state(true);
    await gateway.drained();
    expectAll(hub, source.given);
  });

  test("an acknowledgement of another store frees nothing and gets nothing", async () => {
    const hub = await startHub();
    const { gateway, source } = await start(hub.url);
    await giveSome(source, 3);
    await gateway.drained();
    const before = hub.blocks.size;
    hub.manners.storeId = "another-store";
    hub.acknowledgeAll();
    await until(() => gateway.status().link.link === "other-store", "the refusal");
    await giveSome(source, 10);
    expect(hub.blocks.size).toBe(before);
    expect(gateway.status().spool).toMatchObject({ storeId: "store-1" });
    await until(() => gateway.status().spool.pendingBatches > 0, "a batch");
    hub.manners.storeId = "store-1";
    await gateway.drained();
    expectAll(hub, source.given);
  });

  test("an acknowledgement beyond what was sent is refused", async () => {
    const hub = await startHub();
    hub.manners.exaggerates = 1_000;
    const { gateway, source } = await start(hub.url);
    await giveSome(source, 10);
    await until(() => gateway.status().link.refusedAcknowledgements > 0, "a refusal");
    await until(() => gateway.status().spool.pendingBatches > 0, "a batch");
    hub.manners.exaggerates = 0;
    await gateway.drained();
    expectAll(hub, source.given);
  });

  test("C9: a hub that never answers keeps the window bounded, and is dropped", async () => {
    const hub = await startHub();
    hub.manners.doesAcknowledge = false;
    const { gateway, source } = await start(hub.url, {
      window: { stallMs: 100, maxBatches: 5, maxBytes: 100_000 },
    });
    await giveSome(source, 60);
    await until(() => gateway.status().link.stalls >= 2, "stalls", 30_000);
    expect(gateway.status().link.inFlight).toBeLessThanOrEqual(10);
    await until(
      () => gateway.status().link.detail.includes("the server does not confirm"),
      "what the user sees",
    );
    await until(
      () => hub.messages.filter(({ type }) => type === "NBIRTH").length >= 2,
      "a new connection",
    );
    hub.manners.doesAcknowledge = true;
    await gateway.drained();
    expectAll(hub, source.given);
  });

  test("C9: the memory of a gateway stays flat through ten stalls, with data coming all the while", async () => {
    const hub = await startHub();
    hub.manners.doesAcknowledge = false;
    const program = join(import.meta.dirname, "stalled-gateway.fixture.ts");
    const child = fork(program, [hub.url, newFolder()], { execArgv: ["--expose-gc"] });
    running.push(async () => void child.kill());
    const reports: StallReport[] = [];
    child.on("message", (report) => reports.push(report as StallReport));
    await until(() => (reports.at(-1)?.stalls ?? 0) >= 3, "the first stalls", 60_000);
    const early = reports.at(-1) as StallReport;
    await until(() => (reports.at(-1)?.stalls ?? 0) >= 13, "ten more", 100_000);
    const late = reports.at(-1) as StallReport;
    expect(late.given).toBeGreaterThan(early.given + 500);
    expect(late.pendingBatches).toBeGreaterThan(early.pendingBatches + 10);
    expect(late.heapUsed - early.heapUsed).toBeLessThan(4 * 1024 * 1024);
    expect(late.rss - early.rss).toBeLessThan(32 * 1024 * 1024);
  });

  test("wrong credentials are tried again slowly, and said", async () => {
    const hub = await startHub(0, "other");
    const { gateway, source } = await start(hub.url);
    await until(() => gateway.status().link.link === "refused", "the refusal");
    source.give(10);
    expect(hub.blocks.size).toBe(0);
    expect(gateway.status().link.detail).not.toBe("");
  });

  test("a half-open link is noticed by the keepalive", async () => {
    const hub = await startHub();
    const { gateway, source } = await start(hub.url, {
      keepaliveSeconds: 1,
      window: { stallMs: 60_000 },
    });
    await giveSome(source, 3);
    await gateway.drained();
    hub.freezeLinks();
    await giveSome(source, 3);
    await gateway.drained();
    expectAll(hub, source.given);
  });

  test("a restarted gateway goes on with the same epoch and the next number", async () => {
    const hub = await startHub();
    const first = await start(hub.url);
    await giveSome(first.source, 5);
    await first.gateway.drained();
    const { epoch } = first.gateway.status().spool;
    await first.gateway.stop();
    const second = await start(hub.url, { spoolFolder: first.folder });
    second.source.given = first.source.given;
    await giveSome(second.source, 5);
    await second.gateway.drained();
    expect(second.gateway.status().spool.epoch).toBe(epoch);
    expect(second.gateway.status().spool.machines.M1?.produced).toBe(500);
    expectAll(hub, 500);
  });

  test("a clock that is set back begins a new time line, and everything arrives once", async () => {
    const hub = await startHub();
    let aheadMs = 28_800_000;
    const clock = { ...systemClock, nowMs: () => Date.now() + aheadMs };
    const { gateway, source } = await start(hub.url, { clock });
    await giveSome(source, 3);
    await gateway.drained();
    const { epoch } = gateway.status().spool;
    aheadMs = 0;
    await until(() => gateway.status().spool.epoch !== epoch, "a new epoch");
    await giveSome(source, 3);
    await gateway.drained();
    expectAll(hub, source.given);
    expect(hub.numbers(gateway.status().spool.epoch)[0]).toBe(1);
  });

  test("a second gateway on the same spool is refused", async () => {
    const hub = await startHub();
    const { folder } = await start(hub.url);
    await expect(start(hub.url, { spoolFolder: folder })).rejects.toMatchObject({
      code: "FOLDER_IN_USE",
    });
  });
});
