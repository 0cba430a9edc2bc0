import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { afterEach, describe, expect, test } from "vitest";
import { BadLink } from "./bad-link.fixture.ts";
import { FakeHub } from "./fake-hub.fixture.ts";
import { type Gateway, type GatewayOptions, gatewayDefaults } from "./gateway-options.ts";
import { startGateway } from "./main.ts";
import { runInSmallMtu } from "./small-mtu.fixture.ts";
import { dm1, HandFedSource, tractorPlan, until } from "./test-source.fixture.ts";

const running: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of running.splice(0).reverse()) await stop();
});

async function startHub(): Promise<{ hub: FakeHub; link: BadLink }> {
  const hub = await FakeHub.start();
  running.push(() => hub.stop());
  const link = await BadLink.start(() => hub.port);
  running.push(() => link.stop());
  return { hub, link };
}

async function start(
  url: string,
  options: Partial<GatewayOptions> = {},
): Promise<{ gateway: Gateway; source: HandFedSource }> {
  const source = new HandFedSource();
  // Noise behind the point, which no codec makes small.
  source.valueOf = (n) => n + ((n * 0.618_033_988_749) % 1) * 0.999;
  const gateway = await startGateway({
    gatewayId: "gw-1",
    hub: { url },
    spoolFolder: mkdtempSync(join(tmpdir(), "firebreak-link-")),
    machines: [{ machineId: "M1", plan: tractorPlan, sources: () => [source] }],
    batchAgeMs: 50,
    syncIntervalMs: 20,
    reconnect: { minMs: 20, capMs: 100 },
    openingMs: 500,
    log: silentLogger,
    ...options,
  });
  running.push(() => gateway.stop());
  return { gateway, source };
}

/** Every sample given came exactly once. */
function expectAll(hub: FakeHub, given: number): void {
  const values = hub
    .batches()
    .flatMap(({ samples }) => [...samples.value.subarray(0, samples.length)])
    .sort((a, b) => a - b);
  expect(values.length).toBe(given);
  expect(new Set(values.map(Math.floor)).size).toBe(given);
  expect(hub.clones).toBe(0);
}

/** A backlog of at least so many bytes, made while the hub is away. */
async function makeBacklog(gateway: Gateway, source: HandFedSource, bytes: number): Promise<void> {
  while (gateway.status().spool.pendingBytes < bytes) {
    source.give(200);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const births = (hub: FakeHub) => hub.messages.filter(({ type }) => type === "NBIRTH").length;
const receivedBytes = (hub: FakeHub) =>
  [...hub.blocks.values()].reduce((sum, { block }) => sum + block.length, 0);

describe("C4: links that are bad and alive", () => {
  test("C4: 64 kbit/s carries at least 60 % of what it can, with no reconnect", async () => {
    const { hub, link } = await startHub();
    link.manners.bytesPerSecond = 8_000;
    link.manners.delayMs = 100;
    hub.state(false);
    const { gateway, source } = await start(link.url);
    await makeBacklog(gateway, source, 60_000);
    hub.state(true);
    await until(() => receivedBytes(hub) > 4_000, "the first of it", 30_000);
    let best = 0;
    // A busy computer may be late at either end of a stretch; a window too small is so in all of them.
    for (let stretch = 0; stretch < 3 && best <= 0.6 * 8_000; stretch++) {
      const [fromBytes, fromMs] = [receivedBytes(hub), performance.now()];
      await until(() => receivedBytes(hub) - fromBytes > 16_000, "more of it", 30_000);
      const seconds = (performance.now() - fromMs) / 1_000;
      best = Math.max(best, (receivedBytes(hub) - fromBytes) / seconds);
    }
    expect(best).toBeGreaterThan(0.6 * 8_000);
    expect(link.connections).toBe(1);
    expect(hub.duplicates).toBe(0);
    link.manners.bytesPerSecond = Number.POSITIVE_INFINITY;
    await gateway.drained();
    expectAll(hub, source.given);
  });

  test("C4: a satellite with 600 ms there and back, and 2 % loss", async () => {
    const { hub, link } = await startHub();
    Object.assign(link.manners, { delayMs: 300, jitterMs: 25, lossShare: 0.02 });
    const { gateway, source } = await start(link.url);
    for (let round = 0; round < 20; round++) {
      source.give(100);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await gateway.drained();
    expectAll(hub, source.given);
    expect(link.connections).toBe(1);
    expect(gateway.status().link.stalls).toBe(0);
  });

  test("C4: 30 % of all segments lost", async () => {
    const { hub, link } = await startHub();
    link.manners.lossShare = 0.3;
    link.manners.delayMs = 20;
    const { gateway, source } = await start(link.url);
    for (let round = 0; round < 20; round++) {
      source.give(100);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    await gateway.drained();
    expectAll(hub, source.given);
    expect(link.connections).toBe(1);
  });

  test("C4: an MTU of 576 bytes", ({ skip }) => {
    const report = runInSmallMtu();
    if (report === undefined) return skip();
    expect(report).toMatchObject({ given: 20_000, received: 20_000, clones: 0, births: 1 });
    expect(report.mss.length).toBeGreaterThan(0);
    // 576 less the heads of IP and TCP, with the options that Linux adds.
    expect(Math.max(...report.mss)).toBeLessThanOrEqual(536);
  });
});

describe("C5: a line that is dead and does not say so", () => {
  test("C5: is found by the keepalive, silent or busy, and within 45 s as installed", async () => {
    // The library pings after one keepalive and gives up after half of another.
    expect(1.5 * gatewayDefaults.keepaliveSeconds).toBeLessThanOrEqual(45);
    for (const isBusy of [false, true]) {
      const { hub, link } = await startHub();
      const { gateway, source } = await start(link.url, {
        keepaliveSeconds: 1,
        window: { stallMs: 60_000 },
      });
      await until(() => gateway.status().link.link === "sending", "a session");
      link.swallow();
      const talk = setInterval(() => isBusy && source.give(10), 50);
      await until(() => births(hub) === 2, "a new connection");
      clearInterval(talk);
      source.give(10);
      await gateway.drained();
      expectAll(hub, source.given);
    }
  });

  test("C5: the user sees that the server has fallen silent", async () => {
    const { link } = await startHub();
    const { gateway } = await start(link.url, {
      keepaliveSeconds: 1,
      reconnect: { minMs: 5_000, capMs: 5_000 },
    });
    await until(() => gateway.status().link.link === "sending", "a session");
    link.swallow();
    await until(() => gateway.status().link.link === "disconnected", "the end");
    expect(gateway.status().link.detail).toContain("the server has fallen silent");
  });
});

describe("C6: names and addresses", () => {
  test("C6: a name that leads nowhere is told, and tried again", async () => {
    let asked = 0;
    const { gateway } = await start("mqtt://hub.example:1883", {
      lookup: async () => {
        asked++;
        throw Object.assign(new Error("no such name"), { code: "ENOTFOUND" });
      },
    });
    await until(() => asked > 2, "more tries");
    expect(gateway.status().link.detail).toBe("cannot resolve hub.example (ENOTFOUND)");
  });

  test("C6: when the name server is gone, the last good address is used", async () => {
    const { hub } = await startHub();
    let isGone = false;
    const { gateway, source } = await start(`mqtt://hub.example:${hub.port}`, {
      lookup: async () => {
        if (isGone) throw Object.assign(new Error("no answer"), { code: "EAI_AGAIN" });
        return ["127.0.0.1"];
      },
    });
    source.give(10);
    await gateway.drained();
    isGone = true;
    hub.cutLinks();
    await until(() => births(hub) === 2, "the way back");
    source.give(10);
    await gateway.drained();
    expectAll(hub, 20);
  });

  test("C6: a family that leads nowhere costs one timeout, and then comes last", async () => {
    const { hub } = await startHub();
    const hole = await BadLink.start(() => hub.port);
    running.push(() => hole.stop());
    hole.manners.delayMs = 3_600_000;
    const tried: string[] = [];
    const { gateway } = await start(`mqtt://hub.example:${hub.port}`, {
      // As long as a busy computer may take to answer; the hole never does.
      connectTimeoutMs: 3_000,
      // The addresses of the black hole and of the hub differ by more than the family here: nothing routes ::1 to it.
      hub: { urls: [hole.url, `mqtt://hub.example:${hub.port}`] },
      lookup: async (host) => {
        tried.push(host);
        return ["::1", "127.0.0.1"];
      },
    });
    await until(() => gateway.status().link.link === "sending", "a session");
    expect(hole.connections).toBe(1);
    hub.cutLinks();
    await until(() => births(hub) >= 2, "the way back");
    // The good one was tried first this time.
    expect(hole.connections).toBe(1);
  });
});

describe("C8: a broker that says no", () => {
  test.each([
    [2, "refuses this gateway's id"],
    [3, "busy or not available"],
    [4, "user name or password is wrong"],
    [5, "does not authorise this gateway"],
  ])(
    "C8: code %i is told in clear text, and tried again until it is let in",
    async (code, text) => {
      const { hub } = await startHub();
      hub.manners.refusesWith = code;
      const { gateway, source } = await start(hub.url);
      source.give(10);
      await until(() => hub.attempts >= 3, "more attempts");
      await until(() => gateway.status().link.link === "refused", "the refusal");
      expect(gateway.status().link.detail).toContain(text);
      hub.manners.refusesWith = 0;
      await gateway.drained();
      expectAll(hub, source.given);
    },
  );
});

const dropCount = process.env.FIREBREAK_SOAK ? 100 : 25;

test(`C10: the link drops ${dropCount} times while the backlog is replayed`, async () => {
  const { hub, link } = await startHub();
  hub.state(false);
  const { gateway, source } = await start(link.url, {
    window: { maxBatches: 1 },
    reconnect: { minMs: 5, capMs: 10 },
  });
  await until(() => gateway.status().sources.length > 0, "a source");
  // Each changed trouble code closes a batch.
  for (let spn = 1; spn <= 200; spn++) source.give(5, [dm1(spn, BigInt(spn) * 1_000_000n)]);
  await until(() => gateway.status().spool.pendingBatches >= 150, "a backlog");
  link.manners.delayMs = 3;
  hub.state(true);
  let drops = 0;
  while (drops < dropCount && gateway.status().spool.pendingBatches > 0) {
    const before = hub.blocks.size;
    await until(() => hub.blocks.size > before, "a part of the backlog");
    link.cut();
    drops++;
  }
  expect(drops).toBe(dropCount);
  await gateway.drained();
  expectAll(hub, source.given);
});

test("several brokers: the next is tried at once, the last good one comes first", async () => {
  const [first, second] = [await startHub(), await startHub()];
  const { gateway, source } = await start("", {
    hub: { urls: [first.link.url, second.link.url] },
    reconnect: { minMs: 1_000, capMs: 1_000 },
  });
  source.give(10);
  await gateway.drained();
  expect(first.hub.blocks.size).toBeGreaterThan(0);
  second.hub.manners.storeId = first.hub.manners.storeId;
  await first.link.stop();
  await until(() => births(second.hub) > 0, "the second broker");
  source.give(10);
  await gateway.drained();
  second.link.cut();
  await until(() => births(second.hub) === 2, "the second broker again");
  expect(second.link.connections).toBe(2);
});
