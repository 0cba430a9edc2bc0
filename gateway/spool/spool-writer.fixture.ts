import { appendFileSync } from "node:fs";
import { readBatchHeader } from "@firebreak/wire/batch-block.ts";
import { content, openSpool } from "./spool.fixture.ts";

/**
 * A process to be killed: appends as fast as it can, and notes in a file every batch it would now send, with the
 * checksum of its block. A line that it is killed in has no end, so the next begins with one. Arguments: spool folder,
 * file.
 */
const [folder = "", notes = ""] = process.argv.slice(2);
const spool = await openSpool(folder, { maxBytes: 1024 * 1024 * 1024 });
let noted = spool.sendableEnd;
spool.onSendable(() => {
  let lines = "\n";
  for (; noted < spool.sendableEnd; noted++) {
    const batch = spool.read(noted);
    if (batch === undefined) throw new Error("a synced batch cannot be read");
    const { epoch, number } = readBatchHeader(batch.block);
    lines += `${epoch} ${number} ${Buffer.from(batch.block.subarray(0, 4)).toString("hex")}\n`;
  }
  appendFileSync(notes, lines);
});
process.send?.("ready");
for (let round = 0; ; round++) {
  spool.append(content(20, round * 20, round % 50 === 0 ? "alarm" : "live"));
  if (round % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
}
