import { silentLogger } from "@firebreak/kit/logger.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runConsumer } from "./consume/consumer.ts";
import { startFakeGateway, until } from "./fake-gateway.fixture.ts";
import {
  enrolledGateway,
  startTestIngest,
  type TestGateway,
  temporaryFolder,
} from "./ingest.fixture.ts";
import type { JournalRecord } from "./journal/record.ts";
import type { Ingest } from "./start-ingest.ts";

let folder: ReturnType<typeof temporaryFolder>;
const endings: (() => Promise<unknown>)[] = [];
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
  folder.remove();
});

async function startIngest(clock?: { nowMs(): number; monotonicMs(): number }): Promise<Ingest> {
  const ingest = await startTestIngest(folder.path, clock ? { clock } : {});
  endings.push(() => ingest.stop());
  return ingest;
}

async function connect(ingest: Ingest, gateway: TestGateway) {
  const { spool, password } = gateway;
  const link = await startFakeGateway(spool, { url: ingest.mqttUrl, password });
  endings.push(() => link.close());
  const [machineId = ""] = spool.machines.keys();
  await until("online", () => ingest.live.machine(machineId)?.isOnline === true);
  const deliver = () =>
    until("all acknowledged", () => {
      link.sendDue();
      return spool.acknowledged.through === spool.next - 1;
    });
  return { link, deliver };
}

/** A batch that no reader can decode, as only a mistake of ours could put it there. */
const poison = {
  kind: "batch",
  gatewayId: "gw-1",
  machineId: "m-1",
  receivedAtMs: 1,
  block: Buffer.alloc(40),
} satisfies JournalRecord;

describe("consumers of the journal", () => {
  test("D5: a record that no reader can decode is set aside after two tries; what comes behind it goes on", async () => {
    const ingest = await startIngest();
    const one = await enrolledGateway(folder.path, "gw-1", ["m-1"]);
    const { deliver } = await connect(ingest, one);
    one.produce(3);
    await deliver();
    const tried: number[] = [];
    const poisoned: number[] = [];
    const judge = runConsumer({
      name: "crashing",
      source: ingest.journal,
      offset: 0,
      handle(entries) {
        const bad = entries.find(
          ({ record }) => record.kind === "batch" && poison.block.equals(record.block),
        );
        if (!bad) return;
        tried.push(bad.position);
        throw new Error("the decoder crashed");
      },
      onPoison: ({ position }) => poisoned.push(position),
      log: silentLogger,
    });
    endings.push(() => judge.stop());
    endings.push(async () => ingest.journal.addConsumer("crashing", () => judge.offset)());
    const planted = ingest.journal.append(poison);
    await ingest.journal.sync();
    one.produce(3);
    await deliver();
    await judge.caughtUp();
    await ingest.store.caughtUp();
    expect(poisoned).toEqual([planted.position]);
    expect(tried).toEqual([planted.position, planted.position, planted.position]);
    const { produced, stored, quarantined } = await ingest.ledger.of("m-1");
    expect([stored, quarantined]).toEqual([produced, 0]);
    expect((await ingest.store.stats()).poisoned).toBe(1);
  });

  test("D5: a gateway whose every batch is broken holds up no other", async () => {
    const ingest = await startIngest();
    const good = await enrolledGateway(folder.path, "gw-good", ["m-good"]);
    const bad = await enrolledGateway(folder.path, "gw-bad", ["m-bad"]);
    const fine = await connect(ingest, good);
    const broken = await connect(ingest, bad);
    bad.produce(1);
    await broken.deliver();
    const flood = setInterval(() => {
      for (let count = 0; count < 50; count++)
        broken.link.send("m-bad", Buffer.alloc(2_000, count + 1));
    }, 10);
    endings.push(async () => clearInterval(flood));
    for (let round = 0; round < 10; round++) {
      good.produce(5);
      await fine.deliver();
      // It goes on all the while.
      expect(broken.link.client.connected).toBe(true);
    }
    clearInterval(flood);
    await ingest.store.caughtUp();
    const { produced, stored, lost } = await ingest.ledger.of("m-good");
    expect([stored, lost]).toEqual([produced, 0]);
    const counts = ingest.intake.quarantineCounts();
    const kept = Object.values(counts).reduce((sum, count) => sum + count, 0);
    expect(kept).toBeGreaterThan(10);
    expect(kept).toBeLessThanOrEqual(240);
  });

  test("a reader may begin at a time, and sees everything that arrived from then on", async () => {
    let nowMs = Date.UTC(2026, 4, 1);
    const clock = { nowMs: () => nowMs, monotonicMs: () => performance.now() };
    const ingest = await startIngest(clock);
    const one = await enrolledGateway(folder.path, "gw-1", ["m-1"]);
    const { deliver } = await connect(ingest, one);
    const hours: number[] = [];
    for (let hour = 0; hour < 5; hour++) {
      nowMs += 3_600_000;
      hours.push(nowMs);
      one.produce(4);
      await deliver();
    }
    const since = (timeMs: number): number => {
      let at = ingest.journal.positionAt(timeMs);
      let batches = 0;
      for (;;) {
        const { records, next } = ingest.journal.read(at, 1 << 20);
        if (next === at) return batches;
        batches += records.filter(({ payload }) => payload[0] === 1).length;
        at = next;
      }
    };
    expect(since(0)).toBe(20);
    expect(since(hours[2] ?? 0)).toBe(12);
    expect(since((hours[4] ?? 0) - 1)).toBe(4);
    expect(ingest.journal.positionAt(nowMs + 1)).toBe(ingest.journal.end);
  });
});
