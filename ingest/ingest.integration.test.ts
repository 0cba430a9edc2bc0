import { encodePayload } from "@firebreak/wire/sparkplug-payload.ts";
import { connect } from "mqtt";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { exampleMachine } from "./example-machine.fixture.ts";
import { startFakeGateway, until } from "./fake-gateway.fixture.ts";
import { enrolledGateway, startTestIngest, temporaryFolder } from "./ingest.fixture.ts";
import type { Ledger } from "./ledger.ts";
import type { Ingest } from "./start-ingest.ts";

let folder: ReturnType<typeof temporaryFolder>;
let ingest: Ingest;

beforeEach(async () => {
  folder = temporaryFolder();
  ingest = await startTestIngest(folder.path);
});

afterEach(async () => {
  await ingest.stop();
  folder.remove();
});

const balanced = ({ produced, stored, journalled, spooled, quarantined, lost }: Ledger) =>
  produced === stored + journalled + spooled + quarantined + lost &&
  journalled >= 0 &&
  spooled >= 0;

describe("delivery", () => {
  test("journals, stores and acknowledges what a gateway sends", async () => {
    const one = await enrolledGateway(folder.path, "gw-1", ["m-1", "m-2"]);
    const link = await startFakeGateway(one.spool, { url: ingest.mqttUrl, password: one.password });
    one.produce(20);
    await until("online", () => ingest.live.machine("m-2")?.isOnline === true);
    link.sendDue();
    await until("acknowledged", () => one.spool.acknowledged.through === 20);
    await ingest.store.caughtUp();
    const ledger = await ingest.ledger.of("m-1");
    expect(balanced(ledger)).toBe(true);
    expect(ledger).toMatchObject({
      produced: one.machines[0]?.produced,
      stored: one.machines[0]?.produced,
      spooled: 0,
      journalled: 0,
    });
    const series = await ingest.store.raw({ machineId: "m-1", signal: "signal2" });
    expect(series.t).toHaveLength(20);
    expect(ingest.live.machine("m-1")?.signals).toEqual(await ingest.store.signals("m-1"));
    await link.close();
    await until("offline", () => ingest.live.machine("m-1")?.isOnline === false);
  });

  test("takes a batch once, however often it comes, and says so again", async () => {
    const one = await enrolledGateway(folder.path, "gw-1", ["m-1"]);
    one.produce(3);
    const link = await startFakeGateway(one.spool, { url: ingest.mqttUrl, password: one.password });
    await until("online", () => ingest.live.machine("m-1")?.isOnline === true);
    for (let round = 0; round < 5; round++)
      for (const { block } of one.spool.held.values()) link.send("m-1", block);
    await until("duplicates", () => ingest.status().gateways[0]?.duplicates === 12);
    await until("acknowledged", () => one.spool.acknowledged.through === 3);
    await ingest.store.caughtUp();
    expect((await ingest.ledger.of("m-1")).stored).toBe(one.machines[0]?.produced);
    await link.close();
  });

  test("keeps both batches of a cloned number and raises the alarm", async () => {
    const one = await enrolledGateway(folder.path, "gw-1", ["m-1"]);
    one.produce(2);
    const original = one.spool.held.get(2);
    const link = await startFakeGateway(one.spool, { url: ingest.mqttUrl, password: one.password });
    await until("online", () => ingest.live.machine("m-1")?.isOnline === true);
    link.sendDue();
    await until("acknowledged", () => one.spool.acknowledged.through === 2);
    const { dictionary, epoch } = one.spool;
    const identity = { gatewayId: "gw-1", machineId: "m-1", dictionary, epoch };
    const clone = exampleMachine({ ...identity, seed: 99, numbers: { next: 2 } }).next({
      steps: 3,
    });
    link.send("m-1", clone.block);
    await until("alarm", () => ingest.alarms().some(({ kind }) => kind === "cloned-gateway"));
    await until("quarantine", () => ingest.intake.quarantine().length === 1);
    const [entry] = ingest.intake.quarantine();
    expect(entry).toMatchObject({ reason: "cloned-number", number: 2, machineId: "m-1" });
    expect(Buffer.from(ingest.intake.quarantinedBytes(entry?.position ?? -1) ?? [])).toEqual(
      Buffer.from(clone.block),
    );
    await ingest.store.caughtUp();
    const ledger = await ingest.ledger.of("m-1");
    expect(balanced(ledger)).toBe(true);
    expect(ledger.quarantined).toBe(clone.samples.length);
    expect(original?.block).not.toEqual(clone.block);
    await link.close();
  });

  test("books what neither side has, sample by sample, and moves on", async () => {
    const one = await enrolledGateway(folder.path, "gw-1", ["m-1", "m-2"]);
    one.produce(10, 3);
    const lost = [3, 4, 5].map((number) => one.spool.held.get(number));
    for (const batch of lost) one.spool.held.delete(batch?.number ?? 0);
    const link = await startFakeGateway(one.spool, { url: ingest.mqttUrl, password: one.password });
    await until("online", () => ingest.live.machine("m-1")?.isOnline === true);
    link.sendDue();
    await until("acknowledged", () => one.spool.acknowledged.through === 10);
    await ingest.store.caughtUp();
    const ledgers = [await ingest.ledger.of("m-1"), await ingest.ledger.of("m-2")];
    expect(ledgers.every(balanced)).toBe(true);
    expect(ledgers.map(({ lost: samples }) => samples)).toEqual([2 * 18, 1 * 18]);
    expect(ledgers.map(({ spooled }) => spooled)).toEqual([0, 0]);
    await link.close();
  });

  test("goes on behind a batch it cannot read, and shows it", async () => {
    const one = await enrolledGateway(folder.path, "gw-1", ["m-1"]);
    one.produce(3);
    const bad = one.spool.held.get(2);
    const block = Uint8Array.from(bad?.block ?? []);
    block[block.length - 1] = (block.at(-1) ?? 0) ^ 0xff;
    one.spool.held.set(2, { machineId: "m-1", number: 2, block });
    const link = await startFakeGateway(one.spool, { url: ingest.mqttUrl, password: one.password });
    await until("online", () => ingest.live.machine("m-1")?.isOnline === true);
    link.sendDue();
    await until("acknowledged", () => one.spool.acknowledged.through === 3);
    expect(ingest.intake.quarantine()).toMatchObject([{ reason: "checksum", number: 2 }]);
    await ingest.store.caughtUp();
    const ledger = await ingest.ledger.of("m-1");
    expect(balanced(ledger)).toBe(true);
    expect(ledger).toMatchObject({ spooled: 0, quarantined: 12, stored: 24 });
    await link.close();
  });

  test("asks for a birth when data come before one", async () => {
    const one = await enrolledGateway(folder.path, "gw-1", ["m-1"]);
    one.produce(1);
    const link = await startFakeGateway(one.spool, { url: ingest.mqttUrl, password: one.password });
    await until("online", () => ingest.live.machine("m-1")?.isOnline === true);
    link.raw("DDATA", encodePayload({ seq: 77, metrics: [] }), "m-1");
    link.raw("DDATA", encodePayload({ seq: 99, metrics: [] }), "m-1");
    await until("one rebirth", () => link.rebirths === 1);
    expect(ingest.status().gateways[0]?.sequenceGaps).toBe(1);
    await link.close();
  });
});

describe("refusals", () => {
  test("lets nobody in without the right password, and says who tried", async () => {
    const one = await enrolledGateway(folder.path, "gw-1", ["m-1"]);
    const url = ingest.mqttUrl;
    await expect(startFakeGateway(one.spool, { url, password: "wrong" })).rejects.toThrow();
    await expect(
      startFakeGateway(one.spool, { url, password: one.password, clientId: "gw-2" }),
    ).rejects.toThrow();
    const anonymous = connect(url, { reconnectPeriod: 0 });
    // Refused, and then perhaps that its line broke.
    await new Promise((resolve) => anonymous.on("error", resolve));
    await until("audit", () => ingest.audit.list().length === 3);
    expect(ingest.audit.counts()).toMatchObject({ "bad-credentials": 2, "client-id": 1 });
  });

  test("refuses another gateway's topic and every foreign subscription", async () => {
    const one = await enrolledGateway(folder.path, "gw-1", ["m-1"]);
    await enrolledGateway(folder.path, "gw-2", ["m-2"]);
    const link = await startFakeGateway(one.spool, { url: ingest.mqttUrl, password: one.password });
    for (const filter of ["#", "$SYS/#", "spBv1.0/firebreak/NCMD/gw-2", "spBv1.0/+/+/gw-1/#"]) {
      const granted = await new Promise((resolve) =>
        link.client.subscribe(filter, (error) => resolve(error === null)),
      );
      expect(granted).toBe(false);
    }
    expect(ingest.audit.counts()["subscribe-topic"]).toBe(4);
    link.client.publish("spBv1.0/firebreak/DDATA/gw-2/m-2", "x");
    await until("cut", () => !link.client.connected);
    expect(ingest.audit.counts()["publish-topic"]).toBe(1);
    expect(ingest.status().gateways.some(({ gatewayId }) => gatewayId === "gw-2")).toBe(false);
  });

  test("cuts a 10 MB message and disturbs nobody else", async () => {
    const one = await enrolledGateway(folder.path, "gw-1", ["m-1"]);
    const two = await enrolledGateway(folder.path, "gw-2", ["m-2"]);
    const bad = await startFakeGateway(one.spool, { url: ingest.mqttUrl, password: one.password });
    const good = await startFakeGateway(two.spool, { url: ingest.mqttUrl, password: two.password });
    two.produce(5);
    await until("online", () => ingest.live.machine("m-2")?.isOnline === true);
    bad.raw("DDATA", new Uint8Array(10_000_000), "m-1");
    await until("cut", () => !bad.client.connected);
    good.sendDue();
    await until("acknowledged", () => two.spool.acknowledged.through === 5);
    expect(ingest.audit.list()).toMatchObject([{ what: "oversize-packet", who: "gw-1" }]);
    expect(good.client.connected).toBe(true);
    await good.close();
  });

  test("quarantines malformed protobuf, bounded, and goes on", async () => {
    const one = await enrolledGateway(folder.path, "gw-1", ["m-1"]);
    one.produce(2);
    const link = await startFakeGateway(one.spool, { url: ingest.mqttUrl, password: one.password });
    await until("online", () => ingest.live.machine("m-1")?.isOnline === true);
    for (let at = 0; at < 300; at++) link.raw("DDATA", Uint8Array.of(0xff, 0xff, at), "m-1");
    link.sendDue();
    await until("acknowledged", () => one.spool.acknowledged.through === 2);
    expect(ingest.status().gateways[0]?.malformed).toBe(300);
    const entries = ingest.intake.quarantine({ limit: 1_000 });
    expect(entries.length).toBeGreaterThan(0);
    expect(entries.length).toBeLessThanOrEqual(120);
    expect(entries.every(({ reason }) => reason === "malformed-payload")).toBe(true);
    const byPages: typeof entries = [];
    for (let page = ingest.intake.quarantine({ limit: 7 }); page.length > 0; ) {
      byPages.push(...page);
      const before = page.at(-1)?.position ?? 0;
      page = ingest.intake.quarantine({ limit: 7, before });
    }
    expect(byPages).toEqual(entries);
    await link.close();
  });
});
