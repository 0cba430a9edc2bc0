import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  cpSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { until } from "../test-source.fixture.ts";
import {
  acknowledgement,
  content,
  held,
  newFolder,
  sendAll,
  spoolsOfTest,
} from "./spool.fixture.ts";

const { reopen, close } = spoolsOfTest();

describe("a damaged spool", () => {
  const segmentsOf = (folder: string) =>
    readdirSync(join(folder, "log"))
      .filter((name) => name.endsWith(".seg"))
      .sort()
      .map((name) => join(folder, "log", name));

  function flipBit(path: string): void {
    const bytes = readFileSync(path);
    const file = openSync(path, "r+");
    const at = Math.floor(bytes.length / 2);
    writeSync(file, Uint8Array.of((bytes[at] ?? 0) ^ 1), 0, 1, at);
    closeSync(file);
  }

  test("one flipped bit costs one batch", async () => {
    const folder = newFolder();
    const spool = await reopen(folder);
    for (let at = 0; at < 20; at++) spool.append(content(100));
    const { epoch } = spool;
    await close(spool);
    flipBit(segmentsOf(folder)[0] ?? "");
    const again = await reopen(folder);
    // The index says what was numbered, so nothing can be numbered twice.
    expect(again.epoch).toBe(epoch);
    expect(held(again)).toHaveLength(19);
    expect(again.status().unreadable).toBe(1);
  });

  test("without an index it costs the epoch too, once", async () => {
    const folder = newFolder();
    const spool = await reopen(folder);
    for (let at = 0; at < 20; at++) spool.append(content(100));
    const { epoch } = spool;
    await close(spool);
    rmSync(join(folder, "index"), { recursive: true });
    const [path = ""] = segmentsOf(folder);
    // The checkpoint of the end is damaged with it: what was numbered last is not known.
    truncateSync(path, Math.floor(readFileSync(path).length / 2));
    const again = await reopen(folder);
    expect(again.epoch).not.toBe(epoch);
    expect(held(again).length).toBeGreaterThan(5);
    const renewed = again.epoch;
    await close(again);
    expect((await reopen(folder)).epoch).toBe(renewed);
  });

  test.each(["damaged", "of another log"])("an index that is %s is made anew", async (what) => {
    const folder = newFolder();
    const spool = await reopen(folder);
    for (let at = 0; at < 20; at++) spool.append(content(100));
    await close(spool);
    if (what === "damaged")
      for (const name of readdirSync(join(folder, "index"))) flipBit(join(folder, "index", name));
    else {
      const other = newFolder();
      const another = await reopen(other);
      for (let at = 0; at < 30; at++) another.append(content(70, 0, "live", "M9"));
      await close(another);
      rmSync(join(folder, "log"), { recursive: true });
      cpSync(join(other, "log"), join(folder, "log"), { recursive: true });
    }
    const again = await reopen(folder);
    expect(held(again)).toHaveLength(what === "damaged" ? 20 : 30);
  });

  test("damage met while reading is counted and no longer offered", async () => {
    const folder = newFolder();
    const spool = await reopen(folder);
    for (let at = 0; at < 20; at++) spool.append(content(100));
    await spool.sync();
    const [path = ""] = segmentsOf(folder);
    const file = openSync(path, "r+");
    writeSync(file, new Uint8Array(64), 0, 64, 64 + spool.index.position(5) + 30);
    closeSync(file);
    expect(spool.read(5)).toBeUndefined();
    expect(spool.read(6)?.number).toBe(7);
    expect(spool.status().unreadable).toBe(1);
    expect(spool.offer().epochs[0]?.held).toEqual([
      [1, 5],
      [7, 20],
    ]);
    // The hub books it as lost and settles it, though it was never sent.
    sendAll(spool);
    expect(spool.acknowledge(acknowledgement(spool, 20), [])).toBe("accepted");
  });
});

describe("kill -9", () => {
  const sizeOf = (notes: string) => statSync(notes, { throwIfNoEntry: false })?.size ?? 0;

  test("no number is used twice, everything that could have been sent is there", async () => {
    const folder = newFolder();
    const notes = join(folder, "notes");
    const writer = join(import.meta.dirname, "spool-writer.fixture.ts");
    const rounds = process.env.FIREBREAK_SOAK ? 50 : 10;
    for (let round = 0; round < rounds; round++) {
      const child = spawn(process.execPath, [writer, folder, notes], {
        stdio: ["ignore", "inherit", "inherit", "ipc"],
      });
      await once(child, "message");
      const before = sizeOf(notes);
      await until(() => sizeOf(notes) > before + 1_000, "batches on disk", 60_000);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 250));
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    const noted = new Map<string, string>();
    // Of lines that were written to their end.
    const lines = readFileSync(notes, "utf8").match(/^[0-9a-f]{32} \d+ [0-9a-f]{8}$/gm) ?? [];
    for (const line of lines) {
      const [epoch, number, checksum = ""] = line.split(" ");
      const key = `${epoch} ${number}`;
      expect(noted.get(key) ?? checksum).toBe(checksum);
      noted.set(key, checksum);
    }
    expect(noted.size).toBeGreaterThan(rounds * 10);
    const spool = await reopen(folder, { maxBytes: 1024 * 1024 * 1024 });
    const there = new Map(
      held(spool).map(({ epoch, number, block }) => [
        `${epoch} ${number}`,
        Buffer.from(block.subarray(0, 4)).toString("hex"),
      ]),
    );
    const missing = [...noted].filter(([key, checksum]) => there.get(key) !== checksum);
    expect(missing).toEqual([]);
    for (const { epoch, next, held: ranges } of spool.offer().epochs)
      expect({ epoch, ranges }).toEqual({ epoch, ranges: [[1, next - 1]] });
  }, 300_000);
});
