import { createHash } from "node:crypto";
import { writeSync } from "node:fs";

/** The content of record `number`, so that a record can be checked without its writer: the number, then bytes that follow from it. */
export function numberedRecord(number: number): Buffer {
  const seed = createHash("sha256").update(String(number)).digest();
  const length = (seed.readUInt16LE(0) % (number % 50 === 0 ? 60_000 : 300)) + 4;
  const record = Buffer.alloc(length, seed);
  record.writeUInt32LE(number, 0);
  return record;
}

/** Appends numbered records for ever and prints the number up to which they are synced. Run as a process of its own. */
async function main(folder: string, first: number): Promise<void> {
  const { openLog } = await import("./segment-log.ts");
  const log = await openLog({ folder, segmentBytes: 200_000, syncIntervalMs: 5 });
  const numberAt = new Map<number, number>();
  log.onSynced((synced) => {
    for (const [position, number] of numberAt) {
      if (position >= synced) break;
      numberAt.delete(position);
      writeSync(1, `${number}\n`);
    }
  });
  for (let number = first; ; number += 1) {
    numberAt.set(log.append(numberedRecord(number)), number);
    if (number % 40 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    if (number % 400 === 0) await log.sync();
  }
}

const [, script, folder, first] = process.argv;
if (script === import.meta.filename && folder) await main(folder, Number(first));
