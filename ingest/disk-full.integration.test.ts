import { cpSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { mountSmallDisk, noSmallDisk, type SmallDisk } from "../kit/small-disk.fixture.ts";
import { startFakeGateway, until } from "./fake-gateway.fixture.ts";
import { enrolledGateway, startTestIngest, temporaryFolder } from "./ingest.fixture.ts";
import type { Ingest } from "./start-ingest.ts";

const mib = 1024 * 1024;
const diskBytes = 24 * mib;

let folder: SmallDisk;
const endings: (() => Promise<unknown>)[] = [];

/** Somebody else's file, so that just so much is left free. */
function leaveFree(bytes: number): void {
  const path = join(folder.path, "ballast");
  rmSync(path, { force: true });
  const { bavail, bsize } = statfsSync(folder.path);
  try {
    writeFileSync(path, Buffer.alloc(Math.max(0, bavail * bsize - bytes)));
  } catch (error) {
    if (bytes > 0) throw error;
  }
}

const levelOf = (ingest: Ingest) => ingest.status().journal.disk.level;

describe.skipIf(noSmallDisk())("the disk of a hub", () => {
  beforeEach(() => {
    folder = mountSmallDisk(String(diskBytes));
  });
  afterEach(async () => {
    for (const end of endings.splice(0).reverse()) await end().catch(() => undefined);
    folder[Symbol.dispose]();
  });

  test("D6: fills: warned of at 80 and 90 %, then gateways wait; nothing is acknowledged that is not on disk, and all goes on by itself", async () => {
    const ingest = await startTestIngest(folder.path, { journal: { maxBytes: 8 * mib } });
    endings.push(() => ingest.stop());
    const one = await enrolledGateway(folder.path, "gw-1", ["m-1"]);
    const { spool, password } = one;
    const link = await startFakeGateway(spool, { url: ingest.mqttUrl, password });
    endings.push(() => link.close());
    await until("online", () => ingest.live.machine("m-1")?.isOnline === true);
    const deliver = () =>
      until("all acknowledged", () => {
        link.sendDue();
        return spool.acknowledged.through === spool.next - 1;
      });
    one.produce(20, 50);
    await deliver();
    expect(levelOf(ingest)).toBe("ok");

    leaveFree(diskBytes * 0.18);
    await until("noticed", () => levelOf(ingest) === "noticed");
    leaveFree(diskBytes * 0.08);
    await until("urgent", () => levelOf(ingest) === "urgent");
    one.produce(5, 50);
    await deliver();
    expect(ingest.ready()).toBe(true);
    // The copy below is of files that nobody writes meanwhile.
    await ingest.store.caughtUp();

    leaveFree(0);
    await until("full", () => levelOf(ingest) === "full");
    expect(ingest.ready()).toBe(false);
    const before = spool.acknowledged.highest;
    one.produce(10, 50);
    await until("deferred", () => {
      link.sendDue();
      return ingest.status().feed.deferred > 20;
    });
    expect(spool.acknowledged.highest).toBe(before);

    // What a hub would find that is started on this disk after a power cut.
    const copy = temporaryFolder();
    endings.push(async () => copy.remove());
    cpSync(folder.path, copy.path, {
      recursive: true,
      filter: (path) => !/ballast$|\/lock\./.test(path),
    });
    const twin = await startTestIngest(copy.path);
    await twin.store.caughtUp();
    expect((await twin.ledger.of("m-1")).stored).toBe(25 * 50 * spool.dictionary.signals.length);
    await twin.stop();

    rmSync(join(folder.path, "ballast"));
    await until("room again", () => ingest.ready());
    await deliver();
    await ingest.store.caughtUp();
    const { produced, stored, lost, quarantined } = await ingest.ledger.of("m-1");
    expect([stored, lost, quarantined]).toEqual([produced, 0, 0]);
  });

  test("D6: full in the middle of the stream: what is taken and not on disk yet is not acknowledged, and comes once", async () => {
    const ingest = await startTestIngest(folder.path, { journal: { maxBytes: 8 * mib } });
    endings.push(() => ingest.stop());
    const one = await enrolledGateway(folder.path, "gw-1", ["m-1", "m-2"]);
    const { spool, password } = one;
    const link = await startFakeGateway(spool, { url: ingest.mqttUrl, password });
    endings.push(() => link.close());
    await until("online", () => ingest.live.machine("m-2")?.isOnline === true);
    for (let round = 0; round < 3; round++) {
      one.produce(40, 100);
      link.sendDue();
      leaveFree(0);
      one.produce(40, 100);
      link.sendDue();
      await new Promise((next) => setTimeout(next, 1_200));
      leaveFree(diskBytes * 0.5);
      await until("acknowledged", () => {
        link.sendDue();
        return spool.acknowledged.through === spool.next - 1;
      });
    }
    await ingest.store.caughtUp();
    for (const { machineId } of one.machines) {
      const { produced, stored, lost, quarantined } = await ingest.ledger.of(machineId);
      expect([stored, lost, quarantined]).toEqual([produced, 0, 0]);
    }
  });
});
