import type { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { exampleDictionary, exampleMachine } from "../example-machine.fixture.ts";
import { temporaryFolder } from "../ingest.fixture.ts";
import type { BatchRecord, JournalRecord } from "../journal/record.ts";
import { openDeliveryFile } from "./delivery-file.ts";
import { createDeliveryIndex, type DeliveryIndex } from "./delivery-index.ts";
import { addTally, noTotals } from "./tally.ts";

const gatewayId = "gw";
const epoch = "ab".repeat(16);
const dictionary = exampleDictionary(3);
const made = exampleMachine({ gatewayId, machineId: "m", dictionary, epoch });
const records: BatchRecord[] = Array.from({ length: 30 }, () => ({
  kind: "batch",
  gatewayId,
  machineId: "m",
  receivedAtMs: 1_780_000_000_000,
  block: made.next({ steps: 2 }).block,
}));

let folder: ReturnType<typeof temporaryFolder>;
let database: DatabaseSync;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const open = (onCut?: (gatewayId: string | null, entries: number) => void): DeliveryIndex => {
  database = openDeliveryFile(`${folder.path}/delivery.sqlite`);
  return createDeliveryIndex(database, onCut);
};
const answer = (index: DeliveryIndex) => {
  const { settled, tallies } = index.stream(gatewayId, epoch);
  return { ranges: settled.toJSON(), tally: tallies.get("m") };
};

describe("delivery index", () => {
  test("gives the same answers wherever it was cut off and opened again", () => {
    const truth = open();
    for (const [at, record] of records.entries()) truth.apply(record, at, at + 1);
    const expected = answer(truth);
    database.close();
    fc.assert(
      fc.property(fc.array(fc.nat(29), { maxLength: 4 }), fc.nat(29), (commits, lastCommit) => {
        folder.remove();
        folder = temporaryFolder();
        let index = open();
        // What was folded in but not committed is gone with the process; the journal still has it.
        for (const at of [...commits, lastCommit].sort((one, other) => one - other)) {
          for (let position = index.offset; position <= at; position++)
            index.apply(records[position] as JournalRecord, position, position + 1);
          index.commit();
          index.apply(records[at + 1] ?? (records[at] as JournalRecord), at + 1, at + 2);
          database.close();
          index = open();
        }
        for (let position = index.offset; position < records.length; position++)
          index.apply(records[position] as JournalRecord, position, position + 1);
        expect(answer(index)).toEqual(expected);
        database.close();
      }),
      { numRuns: 15 },
    );
  });

  test("counts a batch once even if the journal has it twice", () => {
    const index = open();
    const [first] = records as [BatchRecord];
    index.apply(first, 0, 1);
    index.apply(first, 1, 2);
    expect(answer(index).tally?.received).toBe(6);
    database.close();
  });

  test("does not call settled what is only on its way", () => {
    const index = open();
    const stream = index.stream(gatewayId, epoch);
    index.expect(stream, 1, 77);
    index.commit();
    expect(stream.seen.has(1)).toBe(true);
    expect(stream.settled.has(1)).toBe(false);
    expect(index.checksumOf(stream, 1)).toBe(77);
    database.close();
  });

  test("counts a clone's samples beyond what was produced", () => {
    const index = open();
    const [first] = records as [BatchRecord];
    index.apply(first, 0, 1);
    index.apply(
      {
        kind: "quarantine",
        topic: "t",
        reason: "cloned-number",
        receivedAtMs: 0,
        gatewayId,
        machineId: "m",
        batch: { epoch, number: 1, samples: 5 },
        length: 4,
        bytes: Buffer.alloc(4),
      },
      1,
      2,
    );
    const { tally } = answer(index);
    expect(tally && addTally(noTotals, tally)).toMatchObject({
      produced: 11,
      received: 6,
      quarantined: 5,
      spooled: 0,
    });
    database.close();
  });

  test("what came while the clock was wrong does not take what is newer out of quarantine", () => {
    const cuts: unknown[] = [];
    const index = open((whose, entries) => cuts.push([whose, entries]));
    const now = 1_780_000_000_000;
    for (const [position, receivedAtMs] of [now, 5_000, now].entries())
      index.apply(
        {
          ...{ kind: "quarantine", topic: "t", reason: "malformed-payload", receivedAtMs },
          ...{ gatewayId, machineId: null, batch: null, length: 1, bytes: Buffer.alloc(1) },
        },
        position,
        position + 1,
      );
    index.commit();
    index.expireQuarantine(now - 1_000);
    index.expireQuarantine(now - 1_000);
    const left = (table: string) =>
      database
        .prepare(`select position from ${table}`)
        .all()
        .map(({ position }) => position);
    expect([left("quarantine"), left("quarantine_bytes")]).toEqual([
      [0, 2],
      [0, 2],
    ]);
    expect(cuts).toEqual([[gatewayId, 1]]);
    database.close();
  });

  test("of batches of long ago only the newest of each machine stays, also of gateways that are gone", () => {
    let index = open();
    // The first is of a machine that this gateway was taken from.
    for (const [at, record] of records.entries())
      index.apply({ ...record, machineId: at === 0 ? "before" : "m" }, at, at + 1);
    index.commit();
    database.close();
    index = open();
    index.prune(1_790_000_000_000);
    const left = database.prepare("select number, machine from batch order by number").all();
    expect(left.map(({ number, machine }) => [number, machine])).toEqual([
      [1, "before"],
      [30, "m"],
    ]);
    database.close();
  });

  test("imported samples are no dictionary of a machine's gateway", () => {
    const index = open();
    const block = Buffer.alloc(1);
    const receivedAtMs = 1_780_000_000_000;
    index.apply(
      { kind: "imported", importId: "i", machineId: "m", receivedAtMs, dictionary, block },
      0,
      1,
    );
    index.commit();
    expect(index.offset).toBe(1);
    expect(index.dictionaryAt("m", dictionary.hash)).toBeUndefined();
    database.close();
  });
});
