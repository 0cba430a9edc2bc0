import { CodedError } from "@firebreak/kit/coded-error.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exampleDictionary } from "../example-machine.fixture.ts";
import { decodeRecord, encodeRecord, type JournalRecord, quarantineReasons } from "./record.ts";

const id = fc.string({ unit: "grapheme", maxLength: 20 }).filter((text) => text.isWellFormed());
const bytes = fc.uint8Array({ maxLength: 100 }).map((array) => Buffer.from(array));
const count = fc.nat(2 ** 40);
const batchName = fc.record({ epoch: id, number: count, samples: count });

const anyRecord: fc.Arbitrary<JournalRecord> = fc.oneof(
  fc.record({
    kind: fc.constant("batch" as const),
    gatewayId: id,
    machineId: id,
    receivedAtMs: fc.double({ noNaN: true }),
    block: bytes,
  }),
  fc.record({
    kind: fc.constant("dictionary" as const),
    gatewayId: id,
    machineId: id,
    dictionary: fc.constant(exampleDictionary(2)),
  }),
  fc.record({
    kind: fc.constant("quarantine" as const),
    topic: id,
    reason: fc.constantFrom(...quarantineReasons),
    receivedAtMs: count,
    gatewayId: fc.option(id),
    machineId: fc.option(id),
    batch: fc.option(batchName),
    length: count,
    bytes,
  }),
  fc.record({
    kind: fc.constant("imported" as const),
    importId: id,
    machineId: id,
    receivedAtMs: count,
    dictionary: fc.constant(exampleDictionary(2)),
    block: bytes,
  }),
  fc.record({
    kind: fc.constant("loss" as const),
    gatewayId: id,
    epoch: id,
    first: count,
    last: count,
    reason: fc.constant("not-on-gateway" as const),
    bookedAtMs: count,
    machines: fc.constant({ m: { samples: 3, after: 9 } }),
  }),
);

describe("journal record", () => {
  test("comes back as it was", () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        expect(decodeRecord(encodeRecord(record))).toEqual(record);
      }),
    );
  });

  test("keeps the bytes of existing journals readable", () => {
    const bytesOfBatch = Buffer.from(
      "0102677701 6d 000000000000f03f aabb".replaceAll(" ", ""),
      "hex",
    );
    expect(decodeRecord(bytesOfBatch)).toEqual({
      kind: "batch",
      gatewayId: "gw",
      machineId: "m",
      receivedAtMs: 1,
      block: Buffer.of(0xaa, 0xbb),
    });
  });

  test("throws one coded error and nothing else, whatever the bytes are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (noise) => {
        try {
          decodeRecord(noise);
        } catch (error) {
          expect(error).toBeInstanceOf(CodedError);
        }
      }),
    );
  });
});
