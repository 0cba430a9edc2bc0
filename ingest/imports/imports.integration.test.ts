import { join } from "node:path";
import { systemClock } from "@firebreak/kit/clock.ts";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { temporaryFolder } from "../ingest.fixture.ts";
import { type Journal, openJournal } from "../journal/journal.ts";
import { contractMachine, type Row, startNs } from "../store/contract-machine.fixture.ts";
import { openSqliteStore, type SqliteStore } from "../store/sqlite/sqlite-store.ts";
import { type ImportDesk, type ImportOptions, openImportDesk } from "./import-desk.ts";
import type { ImportMapping } from "./import-rows.ts";

const log = silentLogger;
let folder: ReturnType<typeof temporaryFolder>;
let journal: Journal;
let store: SqliteStore;
let desk: ImportDesk;
const openDesk = (options: Partial<ImportOptions> = {}) =>
  openImportDesk({
    ...{ journal, store, log, clock: systemClock },
    bookPath: join(folder.path, "imports.sqlite"),
    planned: (_machine, name) =>
      name === "fuel" ? { name, unit: "%", scale: 0.4, offset: 0, spn: 96 } : undefined,
    isMachine: (machineId) => machineId === "PUMP-7",
    readTable: async (bytes) => ({
      rows: Buffer.from(bytes)
        .toString()
        .trim()
        .split("\n")
        .map((line) => line.split(",")),
    }),
    ...options,
  });
beforeEach(async () => {
  folder = temporaryFolder();
  journal = await openJournal({
    ...{ folder: join(folder.path, "journal"), log, clock: systemClock },
  });
  store = await openSqliteStore({ path: join(folder.path, "t.sqlite"), journal, log });
  const machine = contractMachine("PUMP-7");
  journal.append(machine.explained);
  const live = [0, 60, 120].map((second): Row => ["pressure", second * 1e9, 400]);
  journal.append(machine.batch(live));
  await journal.sync();
  desk = openDesk();
});
afterEach(async () => {
  await desk.close();
  await store.close();
  await journal.close();
  folder.remove();
});

const mapping: ImportMapping = {
  time: "time",
  machine: { column: "machine" },
  values: { signal: { column: "signal" }, value: "value", quality: "quality" },
};
const file = (...lines: string[]) =>
  Buffer.from(["machine,signal,time,value,quality", ...lines].join("\n"));
const history = file(
  "PUMP-7,pressure,2025-12-31T23:00:00Z,4.25,",
  "PUMP-7,pressure,2026-01-01T00:01:00Z,8,",
  "PUMP-7,pressure,2026-01-01T00:01:30.000000001Z,12,good",
  "PUMP-7,pressure,2024-06-01T00:00:00Z,,stale",
  "PUMP-7,fuel,2026-01-01T00:00:00Z,40,",
);
const take = (bytes: Buffer, mode: "preview" | "import" = "import") =>
  desk.take({ bytes, mapping, mode, by: "anna" });
const stored = async (signal = "pressure") => {
  await store.caughtUp();
  return store.raw({ machineId: "PUMP-7", signal });
};

describe("imports of history", () => {
  test("go through the journal into the series that is there, with quality, and replace no live sample", async () => {
    expect(await take(history)).toMatchObject({
      ...{ state: "done", rows: 5, added: 4, alreadyThere: 1, faultCount: 0 },
    });
    const { t, value, quality } = await stored();
    expect(value).toEqual([null, 4.25, 400, 400, 12, 400]);
    expect(quality[0]).toBe("stale");
    expect(t[4]).toBe("2026-01-01T00:01:30.000000001Z");
    // One pressure, with the source address that its machine gave it.
    const signals = await store.signals("PUMP-7");
    expect(signals.map(({ name, sa, unit }) => [name, sa, unit])).toEqual([
      ["fuel", undefined, "%"],
      ["pressure", 0, "kPa"],
    ]);
    // No gateway produced them: the ledger knows of three samples only.
    expect((await store.storedSamples("PUMP-7")).stored).toBe(3);
    await store.sealAll();
    expect((await stored()).value).toEqual(value);
  });

  test("are marked as imported, by whom and when, for good", async () => {
    const { importId, hash } = await take(history);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    await desk.close();
    desk = openDesk();
    const marked = { importId, by: "anna" };
    expect(desk.of("PUMP-7")).toMatchObject([
      { ...marked, signal: "fuel", samples: 1 },
      {
        ...{ ...marked, signal: "pressure", samples: 3 },
        from: "2024-06-01T00:00:00.000000000Z",
        to: "2026-01-01T00:01:30.000000001Z",
      },
    ]);
    expect(desk.of("nobody")).toEqual([]);
  });

  test("the same file again, or one that overlaps, adds only what is not there", async () => {
    await take(history);
    expect(await take(history)).toMatchObject({ state: "done", added: 0, alreadyThere: 5 });
    const more = file(
      "PUMP-7,pressure,2025-12-31T23:00:00Z,99,",
      "PUMP-7,pressure,2025-12-31T23:30:00Z,5,",
    );
    expect(await take(more)).toMatchObject({ added: 1, alreadyThere: 1 });
    expect((await stored()).value).toEqual([null, 4.25, 5, 400, 400, 12, 400]);
    expect(desk.of("PUMP-7")).toHaveLength(3);
  });

  test("two at once are taken one after the other", async () => {
    const both = await Promise.all([take(history), take(history)]);
    expect(both.map(({ added }) => added)).toEqual([4, 0]);
    expect((await stored()).value).toHaveLength(6);
  });

  test("a preview tells what would come and stores nothing; one mistake and nothing is stored", async () => {
    const { end } = journal;
    expect(await take(history, "preview")).toMatchObject({ state: "preview", added: 4 });
    const bad = Buffer.concat([history, Buffer.from("\nPUMP-7,fuel,2026-01-02T00:00:00Z,x,")]);
    const refused = await take(bad);
    expect(refused).toMatchObject({ state: "refused", faultCount: 1 });
    expect(refused.faults).toMatchObject([{ row: 7, column: "value", value: "x" }]);
    expect(journal.end).toBe(end);
    expect(desk.of("PUMP-7")).toEqual([]);
  });

  test("a time that stands for none is a mistake, and nothing of the file is noted", async () => {
    const refused = await take(file("PUMP-7,fuel,0001-01-01T00:00:00Z,40,"));
    expect(refused).toMatchObject({ state: "refused", faultCount: 1 });
    expect(desk.of("PUMP-7")).toEqual([]);
  });

  test("a year of samples, in blocks that each fit", async () => {
    const lines = Array.from({ length: 6_000 }, (_, at) => {
      const time = new Date(Number(startNs / 1_000_000n) - (at + 1) * 5_256_000).toISOString();
      return `PUMP-7,fuel,${time},${at / 8},`;
    });
    expect(await take(file(...lines))).toMatchObject({ added: 6_000 });
    const { value } = await stored("fuel");
    expect(value).toEqual(Array.from({ length: 6_000 }, (_, at) => (5_999 - at) / 8));
  });

  test("while the store is behind nothing is imported, as nobody knows what is there", async () => {
    await desk.close();
    const behind = { ...store, caughtUp: () => new Promise<void>(() => undefined) };
    desk = openDesk({ store: behind, patienceMs: 20 });
    await expect(take(history)).rejects.toMatchObject({ code: "IMPORT_STORE_BEHIND" });
  });

  test.each(["LOG_FULL", "LOG_WRITE_FAILED"])(
    "a journal that fails by %s says what to do",
    async (code) => {
      await desk.close();
      const fail = () => {
        throw new CodedError(code, "no room", { retryable: true });
      };
      desk = openDesk({ journal: { append: fail, sync: async () => fail(), canTake: () => true } });
      await expect(take(history)).rejects.toMatchObject({ code: "IMPORT_JOURNAL_FULL" });
    },
  );

  test("a journal that is full ends it, and the same file completes it later", async () => {
    await desk.close();
    let left = 1;
    const full: ImportOptions["journal"] = {
      append: (record) => journal.append(record),
      sync: () => journal.sync(),
      canTake: () => left-- > 0,
    };
    desk = openDesk({ journal: full });
    await expect(take(history)).rejects.toMatchObject({ code: "IMPORT_JOURNAL_FULL" });
    await journal.sync();
    await desk.close();
    desk = openDesk();
    await take(history);
    expect((await stored()).value).toEqual([null, 4.25, 400, 400, 12, 400]);
    expect((await stored("fuel")).value).toEqual([40]);
  });
});
