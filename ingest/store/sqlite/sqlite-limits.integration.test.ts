import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { systemClock } from "@firebreak/kit/clock.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { exampleDictionary, exampleMachine } from "../../example-machine.fixture.ts";
import { temporaryFolder } from "../../ingest.fixture.ts";
import { type Journal, openJournal } from "../../journal/journal.ts";
import { contractMachine } from "../contract-machine.fixture.ts";
import { openSqliteStore, type SqliteStore } from "./sqlite-store.ts";

const log = silentLogger;
const dayNs = 86_400_000_000_000n;

let folder: ReturnType<typeof temporaryFolder>;
let journal: Journal;
let store: SqliteStore | undefined;
beforeEach(async () => {
  folder = temporaryFolder();
  const options = { folder: join(folder.path, "journal"), log, clock: systemClock };
  journal = await openJournal(options);
});
afterEach(async () => {
  await store?.close();
  await journal.close();
  folder.remove();
});
const open = async (retainDays: number | null = null) => {
  const path = join(folder.path, "telemetry.sqlite");
  store = await openSqliteStore({ path, journal, log, retainDays });
  await store.caughtUp();
  return store;
};

describe("the embedded store", () => {
  test("holds a sample in at most 4 bytes once sealed, minutes and hours included", async () => {
    const dictionary = exampleDictionary(30);
    for (const seed of [1, 2]) {
      const who = { gatewayId: "gw", machineId: `m${seed}` };
      const machine = exampleMachine({ ...who, dictionary, seed });
      journal.append({ kind: "dictionary", ...who, dictionary });
      // A working day at the reference profile: each signal every 5 s, a batch a minute.
      for (let minute = 0; minute < 480; minute++) {
        const { block } = machine.next({ steps: 12 });
        journal.append({ kind: "batch", ...who, receivedAtMs: 0, block });
      }
    }
    await journal.sync();
    const opened = await open();
    await opened.sealAll();
    const { file } = await opened.stats();
    expect(file?.sealedSamples).toBe(2 * 480 * 12 * 30);
    expect((file?.sealedBytes ?? 0) / (file?.sealedSamples ?? 1)).toBeLessThanOrEqual(4);
  });

  test("drops samples and sums that are older than it keeps, and goes on counting them", async () => {
    const machine = contractMachine("m");
    const nowNs = BigInt(Date.now()) * 1_000_000n;
    journal.append(machine.explained);
    for (const days of [40n, 31n, 29n, 0n])
      journal.append(machine.batch([["odd", 0, Number(days)]], nowNs - days * dayNs));
    await journal.sync();
    await (await open()).sealAll();
    await store?.close();
    const opened = await open(30);
    const query = { machineId: "m", signal: "odd" };
    await expect.poll(async () => (await opened.raw(query)).value).toEqual([29, 0]);
    const { count } = await opened.buckets({ ...query, points: 3 });
    expect(count.reduce((sum, one) => sum + one, 0)).toBe(2);
    expect((await opened.storedSamples("m")).stored).toBe(4);
  });

  test("what is damaged of one machine keeps no other from being sealed", async () => {
    const [damaged, sound] = [contractMachine("damaged"), contractMachine("sound")];
    const nowNs = 1_780_000_000_000_000_000n;
    journal.append(damaged.explained);
    journal.append(damaged.batch([["odd", 0, 1]], nowNs));
    await journal.sync();
    const opened = await open();
    await opened.sealAll();
    const file = new DatabaseSync(join(folder.path, "telemetry.sqlite"), { timeout: 5_000 });
    file.exec("update rollup set minutes = x'0102'");
    file.close();
    journal.append(damaged.batch([["odd", 1, 2]], nowNs));
    journal.append(sound.explained);
    journal.append(sound.batch([["odd", 1, 3]], nowNs));
    await journal.sync();
    await opened.caughtUp();
    await expect.poll(async () => (await opened.stats()).file?.sealedSamples).toBe(2);
    expect((await opened.stats()).lastError).not.toBeNull();
  });
});
