import { cpSync } from "node:fs";
import { basename, join } from "node:path";
import { systemClock } from "@firebreak/kit/clock.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../../test/product.fixture.ts";
import { openJournal } from "./journal.ts";
import type { JournalRecord } from "./record.ts";

const record: JournalRecord = {
  kind: "batch",
  gatewayId: "gw-1",
  machineId: "M-1",
  receivedAtMs: 0,
  block: Uint8Array.of(1, 2, 3),
};

test("nobody who has read all of it is behind, though a crash left positions out", async () => {
  const folder = join(temporaryFolder("journal"), "journal");
  const options = { clock: systemClock, log: silentLogger };
  const before = await openJournal({ ...options, folder });
  const first = before.append(record);
  await before.sync();
  const crashed = `${folder}-crashed`;
  cpSync(folder, crashed, { recursive: true, filter: (path) => !/^lock\./.test(basename(path)) });
  await before.close();

  const journal = await openJournal({ ...options, folder: crashed });
  onTestFinished(() => journal.close());
  expect(journal.recovery.unclean).toBe(true);
  expect(journal.synced).toBeGreaterThan(first.end);
  let offset = first.position;
  journal.addConsumer("reader", () => offset);
  const lag = () => journal.consumers().map(({ lagBytes }) => lagBytes)[0];
  expect(lag()).toBeGreaterThan(0);
  offset = first.end;
  expect(lag()).toBe(0);
  journal.append(record);
  await journal.sync();
  expect(lag()).toBeGreaterThan(0);
});
