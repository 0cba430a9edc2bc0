import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "@firebreak/kit/clock.ts";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { mountSmallDisk, noSmallDisk } from "../../kit/small-disk.fixture.ts";
import { temporaryFolder } from "../ingest.fixture.ts";
import { type Journal, openJournal } from "../journal/journal.ts";
import { contractMachine, type Row, startNs } from "../store/contract-machine.fixture.ts";
import { openSqliteStore, type SqliteStore } from "../store/sqlite/sqlite-store.ts";
import { type ExportDesk, openExportDesk } from "./export-desk.ts";
import type { ExportJob, ExportLimits, ExportRequest } from "./export-job.ts";

const log = silentLogger;
let folder: ReturnType<typeof temporaryFolder>;
let journal: Journal;
let store: SqliteStore;
let desk: ExportDesk;
const openDesk = (
  limits: Partial<ExportLimits> = {},
  reader: Pick<SqliteStore, "signals" | "raw"> = store,
  exports = join(folder.path, "exports"),
) =>
  openExportDesk({
    ...{ folder: exports, store: reader, clock: systemClock, log },
    limits: { minFreeBytes: 0, pageRows: 100, ...limits },
  });
const machine = contractMachine("PUMP-7", ["=cmd|x", "druck, vorn"]);
const other = contractMachine("M 2");
const rows = 1_000;
const days = { fromNs: startNs, toNs: startNs + 86_400_000_000_000n };

beforeEach(async () => {
  folder = temporaryFolder();
  journal = await openJournal({
    ...{ folder: join(folder.path, "journal"), log, clock: systemClock },
  });
  store = await openSqliteStore({ path: join(folder.path, "t.sqlite"), journal, log });
  const samples = Array.from(
    { length: rows },
    (_, at): Row => ["pressure", at * 1_000 + 7, at * 4],
  );
  for (const record of [
    machine.explained,
    machine.batch([...samples, ["=cmd|x", 1, 1.5], ["druck, vorn", 2, 0, Quality.error]]),
    other.explained,
    other.batch([["odd", 5, 0.1]]),
  ])
    journal.append(record);
  await journal.sync();
  await store.caughtUp();
  desk = openDesk();
});
afterEach(async () => {
  await desk.stop();
  await store.close();
  await journal.close();
  folder.remove();
});

const all: Omit<ExportRequest, "format"> = { ...days, machineIds: ["PUMP-7", "M 2"] };
async function finished(id: string, owner = "anna", from = desk): Promise<ExportJob> {
  await expect.poll(() => from.get(id, owner).state, { timeout: 30_000 }).toMatch(/done|failed/);
  return from.get(id, owner);
}

describe("exports", () => {
  test("CSV holds every sample, in UTC, and no name that a spreadsheet would calculate", async () => {
    const { id } = desk.start({ ...all, format: "csv" }, "anna");
    const job = await finished(id);
    expect(job).toMatchObject({ state: "done", progress: 1, rows: rows + 3, problem: null });
    const bytes = readFileSync(desk.file(id, "anna").path);
    expect(bytes.length).toBe(job.bytes);
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const lines = bytes.toString().slice(1).split("\r\n");
    expect(lines[0]).toBe("machine,signal,unit,time,value,quality");
    expect(lines).toHaveLength(rows + 5);
    expect(lines[1]).toBe("PUMP-7,'=cmd|x,unit =cmd|x,2026-01-01T00:00:00.000000001Z,1.5,good");
    expect(lines[2]).toBe(
      'PUMP-7,"druck, vorn","unit druck, vorn",2026-01-01T00:00:00.000000002Z,,error',
    );
    expect(lines[4]).toBe("PUMP-7,pressure,kPa,2026-01-01T00:00:00.000001007Z,4,good");
    expect(lines.at(-2)).toBe("M 2,odd,m,2026-01-01T00:00:00.000000005Z,0.1,good");
  });

  test("Parquet holds the same, to the nanosecond, for a reader of another maker", async () => {
    const { id } = desk.start({ ...all, format: "parquet" }, "anna");
    expect((await finished(id)).state).toBe("done");
    const { path } = desk.file(id, "anna");
    const file = await asyncBufferFromFile(path);
    const { schema, num_rows, row_groups } = await parquetMetadataAsync(file);
    expect(Number(num_rows)).toBe(rows + 3);
    // However many series there are: each group of its own would make the footer grow with them.
    expect(row_groups).toHaveLength(1);
    expect(schema.find(({ name }) => name === "time")?.logical_type).toEqual({
      ...{ type: "TIMESTAMP", isAdjustedToUTC: true, unit: "NANOS" },
    });
    const read = await parquetReadObjects({ file });
    expect(read.filter(({ value }) => value === null)).toMatchObject([{ quality: "error" }]);
    expect(read.at(-1)).toMatchObject({ machine: "M 2", signal: "odd", unit: "m", value: 0.1 });
    const pressures = read.filter(({ signal }) => signal === "pressure");
    expect(pressures.map(({ value }) => value)).toEqual(
      Array.from({ length: rows }, (_, at) => at * 4),
    );
  });

  test("Parquet is read by Apache Arrow to the nanosecond", (context) => {
    const python = withArrow();
    if (!python) return context.skip("python3 with pyarrow is not here");
    const { id } = desk.start({ ...all, format: "parquet" }, "anna");
    return finished(id).then(() => {
      const script = `
import json, sys, pyarrow.parquet as pq
table = pq.read_table(sys.argv[1])
times = table.column("time").cast("int64").to_pylist()
print(json.dumps([str(table.schema.field("time").type), [str(t) for t in times], table.column("value").to_pylist()]))`;
      const said = execFileSync(python, ["-c", script, desk.file(id, "anna").path]).toString();
      const [type, times, values] = JSON.parse(said) as [string, string[], (number | null)[]];
      expect(type).toBe("timestamp[ns, tz=UTC]");
      expect(times.slice(0, 3)).toEqual([1n, 2n, 7n].map((at) => String(startNs + at)));
      expect(times).toHaveLength(rows + 3);
      expect(values.slice(0, 4)).toEqual([1.5, null, 0, 4]);
    });
  });

  test("only of the signals and the time that were asked for; of nothing there is a header", async () => {
    const asked = { ...all, signals: ["odd", "nothing"], format: "csv" } as const;
    const one = await finished(desk.start(asked, "anna").id);
    expect([one.state, one.rows]).toEqual(["done", 1]);
    const nothing = { ...asked, fromNs: 0n, toNs: 1n };
    const none = await finished(desk.start(nothing, "anna").id);
    expect(readFileSync(desk.file(none.id, "anna").path, "utf8")).toBe(
      "\uFEFFmachine,signal,unit,time,value,quality\r\n",
    );
    const parquet = await finished(desk.start({ ...nothing, format: "parquet" }, "anna").id);
    const file = await asyncBufferFromFile(desk.file(parquet.id, "anna").path);
    expect(await parquetReadObjects({ file })).toEqual([]);
  });

  test("are of whoever asked, and go when told to", async () => {
    const { id } = desk.start({ ...all, format: "csv" }, "anna");
    expect(() => desk.get(id, "bert")).toThrow(/no such export of yours/);
    expect(() => desk.remove(id, "bert")).toThrow(CodedError);
    expect(desk.list("bert")).toEqual([]);
    await finished(id);
    desk.remove(id, "anna");
    expect(desk.list("anna")).toEqual([]);
    expect(readdirSync(join(folder.path, "exports"))).toEqual([]);
  });

  test("one that runs is ended by its removal, and the next one begins", async () => {
    const { promise, reader } = stuckReader();
    await desk.stop();
    desk = openDesk({}, reader);
    const { id } = desk.start({ ...all, format: "csv" }, "anna");
    await promise;
    desk.remove(id, "anna");
    const next = desk.start({ ...all, machineIds: ["M 2"], format: "csv" }, "anna");
    expect((await finished(next.id)).rows).toBe(1);
    expect(readdirSync(join(folder.path, "exports")).sort()).toEqual([
      `${next.id}.file`,
      `${next.id}.json`,
    ]);
  });

  test("a restart in the middle begins it anew and says so; a whole one stays", async () => {
    const done = await finished(desk.start({ ...all, format: "csv" }, "anna").id);
    await desk.stop();
    const { promise, reader } = stuckReader();
    const before = openDesk({}, reader);
    const { id } = before.start({ ...all, format: "csv" }, "anna");
    await promise;
    await before.stop();
    // What a crash would leave: the file half written, and a file of nobody.
    const exports = join(folder.path, "exports");
    writeFileSync(join(exports, `${id}.part`), "half");
    writeFileSync(join(exports, `${"0".repeat(8)}-0000-0000-0000-${"0".repeat(12)}.part`), "x");
    desk = openDesk();
    expect(await finished(id)).toMatchObject({ state: "done", restarts: 1, rows: rows + 3 });
    expect(desk.get(done.id, "anna")).toEqual(done);
    expect(readFileSync(desk.file(id, "anna").path)).toEqual(
      readFileSync(desk.file(done.id, "anna").path),
    );
    expect(readdirSync(exports)).toHaveLength(4);
  });

  test("one that has ended the hub twice is given up and says why, and others go on", async () => {
    await desk.stop();
    const crash = async () => {
      const { promise, reader } = stuckReader();
      const before = openDesk({}, reader);
      const id = before.list("anna")[0]?.id ?? before.start({ ...all, format: "csv" }, "anna").id;
      await promise;
      const path = join(folder.path, "exports", `${id}.json`);
      const left = readFileSync(path);
      await before.stop();
      writeFileSync(path, left);
      return id;
    };
    const id = await crash();
    expect(await crash()).toBe(id);
    desk = openDesk();
    expect(desk.get(id, "anna")).toMatchObject({
      ...{ state: "failed", restarts: 2, problem: { code: "EXPORT_ENDED_HUB" } },
    });
    const next = await finished(desk.start({ ...all, format: "csv" }, "anna").id);
    expect(next.state).toBe("done");
    await desk.stop();
    desk = openDesk();
    expect(desk.get(id, "anna").state).toBe("failed");
  });

  test.skipIf(noSmallDisk())("a disk that takes nothing ends no desk", async () => {
    using disk = mountSmallDisk("1m");
    const exports = disk.path;
    const stuck = stuckReader();
    const before = openDesk({}, stuck.reader, exports);
    const whole = before.start(
      { ...all, machineIds: ["M 2"], signals: ["none"], format: "csv" },
      "anna",
    );
    await finished(whole.id, "anna", before);
    before.start({ ...all, format: "csv" }, "anna");
    await stuck.promise;
    await before.stop();
    disk.setReadOnly(true);
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const after = openDesk({ keepMs: -1 }, store, exports);
    vi.advanceTimersByTime(3_600_000);
    vi.useRealTimers();
    await after.stop();
    expect(after.get(whole.id, "anna").state).toBe("done");
  });

  test.each([
    [{ maxFileBytes: 10_000 }, "EXPORT_TOO_LARGE", /of pressure of machine PUMP-7. Ask for fewer/],
    [{ minFreeBytes: 2 ** 60 }, "EXPORT_NO_ROOM", /make room/],
  ])("%o ends it with what to do, and leaves no file", async (limits, code, message) => {
    await desk.stop();
    desk = openDesk(limits);
    const { id } = desk.start({ ...all, format: "csv" }, "anna");
    const { state, problem } = await finished(id);
    expect([state, problem?.code]).toEqual(["failed", code]);
    expect(problem?.message).toMatch(message);
    expect(() => desk.file(id, "anna")).toThrow(/not there/);
    expect(readdirSync(join(folder.path, "exports"))).toEqual([`${id}.json`]);
  });

  test("too many machines, or too many at once, are refused with what to ask instead", async () => {
    const machineIds = Array.from({ length: 1_001 }, (_, at) => `m${at}`);
    const start = (request: ExportRequest) => desk.start(request, "anna");
    expect(() => start({ ...all, machineIds, format: "csv" })).toThrow(/1000 machines.*several/);
    const { promise, reader } = stuckReader();
    await desk.stop();
    desk = openDesk({}, reader);
    for (let at = 0; at < 3; at++) start({ ...all, format: "csv" });
    await promise;
    expect(() => start({ ...all, format: "csv" })).toThrow(/wait for one, or remove one/);
  });

  test("old ones go, and the oldest make room for new ones", async () => {
    const first = await finished(desk.start({ ...all, format: "csv" }, "anna").id);
    await desk.stop();
    desk = openDesk({ maxFolderBytes: first.bytes + 5_000 });
    const second = await finished(desk.start({ ...all, format: "csv" }, "anna").id);
    const third = await finished(desk.start({ ...all, format: "csv" }, "anna").id);
    expect(desk.list("anna").map(({ id }) => id)).not.toContain(first.id);
    expect(desk.list("anna").map(({ id }) => id)).toContain(third.id);
    await desk.stop();
    desk = openDesk({ keepMs: -1 });
    await finished(desk.start({ ...all, format: "csv" }, "anna").id);
    expect(desk.list("anna").map(({ id }) => id)).not.toContain(second.id);
  });
});

/** A reader that does not answer the first time it is asked for samples, until whoever asks gives up. */
function stuckReader() {
  const { promise, resolve } = Promise.withResolvers<void>();
  let asked = 0;
  const raw: SqliteStore["raw"] = (query, asking) => {
    if (asked++ > 0) return store.raw(query, asking);
    resolve();
    return new Promise((_resolve, reject) => {
      const gone = () => reject(new CodedError("QUERY_CANCELLED", "gone"));
      asking?.abort?.addEventListener("abort", gone, { once: true });
    });
  };
  return { promise, reader: { signals: store.signals, raw } };
}

/** A Python that has Apache Arrow; undefined where there is none. */
function withArrow(): string | undefined {
  try {
    execFileSync("python3", ["-c", "import pyarrow"], { stdio: "ignore" });
    return "python3";
  } catch {
    return undefined;
  }
}
