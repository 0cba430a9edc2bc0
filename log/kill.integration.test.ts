import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { numberedRecord } from "./kill.fixture.ts";
import { readAll, temporaryFolder } from "./log.fixture.ts";
import { openLog } from "./segment-log.ts";

const rounds = process.env.FIREBREAK_SOAK === "1" ? 200 : 10;
const writer = join(import.meta.dirname, "kill.fixture.ts");

/** Lets a writer run, kills it at a random moment after its first sync; returns the number it last reported synced. */
async function writeUntilKilled(folder: string, first: number): Promise<number> {
  const child = spawn(process.execPath, [writer, folder, String(first)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  const closed = once(child, "close");
  await Promise.race([once(child.stdout, "data"), closed]);
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 250));
  child.kill("SIGKILL");
  const [, signal] = await closed;
  expect(signal).toBe("SIGKILL");
  const lines = output.split("\n");
  return Number(lines.at(-2) ?? first - 1);
}

describe(`kill -9 at a random moment, ${rounds} rounds`, () => {
  test("every record reported synced is there once, in order and whole", async () => {
    using folder = temporaryFolder();
    let next = 1;
    let total = 0;
    let torn = 0;
    for (let round = 0; round < rounds; round += 1) {
      const synced = await writeUntilKilled(folder.path, next);
      const log = await openLog({ folder: folder.path });
      expect(log.recovery).toMatchObject({ unclean: true, skippedRecords: 0 });
      torn += log.recovery.tornBytes;
      const records = readAll(log, log.oldest, 1 << 20);
      const numbers = records.map(({ payload }) => Buffer.from(payload).readUInt32LE(0));
      const fresh = numbers.filter((number) => number >= next);
      expect(fresh).toEqual(Array.from({ length: fresh.length }, (_, index) => next + index));
      expect(fresh.at(-1) ?? 0).toBeGreaterThanOrEqual(synced);
      for (const [index, { payload }] of records.entries())
        expect(numberedRecord(numbers[index] ?? 0).equals(payload)).toBe(true);
      expect(log.skipped).toEqual({ records: 0, bytes: 0 });
      total += fresh.length;
      next += fresh.length;
      log.trimBefore(log.end);
      await log.close();
    }
    expect(total).toBeGreaterThan(rounds * 10);
    process.stdout.write(`${total} records over ${rounds} kills, ${torn} torn bytes cut off\n`);
  }, 600_000);
});
