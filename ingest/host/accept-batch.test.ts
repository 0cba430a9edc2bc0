import { batchChecksum, encodeBatch } from "@firebreak/wire/batch-block.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exampleDictionary, exampleMachine } from "../example-machine.fixture.ts";
import { aheadMs, type BatchContext, judgeBatch } from "./accept-batch.ts";

const dictionary = exampleDictionary(3);
const identity = { gatewayId: "gw", machineId: "m" };
const epoch = "cd".repeat(16);
const { block } = exampleMachine({ ...identity, dictionary, epoch }).next();
const context: BatchContext = {
  ...identity,
  lookUp: () => ({ seen: false }),
  dictionary: (hash) => (hash === dictionary.hash ? dictionary : undefined),
  epochs: [epoch],
  highest: () => 0,
  nowMs: 1_780_000_000_000,
};
const farAhead = exampleMachine({ ...identity, dictionary, epoch }).next({
  atNs: BigInt(context.nowMs + aheadMs + 3_600_000) * 1_000_000n,
}).block;
const tombstone = encodeBatch(identity, {
  epoch,
  number: 1,
  lane: "live",
  produced: 9,
  suppressed: 0,
  dictionary,
  samples: new SampleColumns(0n),
  events: [],
  tombstone: { reason: "spool-full", samples: 3 },
});

describe("judging a batch", () => {
  test.each<{ name: string; block: Uint8Array; with?: Partial<BatchContext>; verdict: object }>([
    { name: "takes what is new and sound", block, verdict: { kind: "take" } },
    {
      name: "takes a tombstone without knowing its dictionary",
      block: tombstone,
      with: { dictionary: () => undefined },
      verdict: { kind: "take" },
    },
    {
      name: "D12: puts aside what is more than 400 days ahead of the hub's clock",
      block: farAhead,
      verdict: { kind: "quarantine", reason: "implausible-time", header: { number: 1 } },
    },
    {
      name: "D12: takes it where it is the hub's clock that was wrong",
      block: farAhead,
      with: { nowMs: context.nowMs + 7_200_000 },
      verdict: { kind: "take" },
    },
    {
      name: "knows a duplicate by its checksum",
      block,
      with: { lookUp: () => ({ seen: true, checksum: batchChecksum(block) }) },
      verdict: { kind: "duplicate" },
    },
    {
      name: "takes a forgotten checksum for a duplicate",
      block,
      with: { lookUp: () => ({ seen: true }) },
      verdict: { kind: "duplicate" },
    },
    {
      name: "tells a clone by another checksum",
      block,
      with: { lookUp: () => ({ seen: true, checksum: 1 }) },
      verdict: { kind: "quarantine", reason: "cloned-number" },
    },
    {
      name: "does not call a tombstone of a received batch a clone",
      block: tombstone,
      with: { lookUp: () => ({ seen: true, checksum: 1 }) },
      verdict: { kind: "duplicate" },
    },
    {
      name: "asks for a dictionary it does not have",
      block,
      with: { dictionary: () => undefined },
      verdict: { kind: "needs-dictionary" },
    },
    {
      name: "refuses a batch under another machine's topic",
      block,
      with: { machineId: "other" },
      verdict: { kind: "quarantine", reason: "checksum", header: { number: 1 } },
    },
    {
      name: "believes no number of an epoch that was not offered",
      block,
      with: { machineId: "other", epochs: [] },
      verdict: { kind: "quarantine", reason: "checksum" },
    },
  ])("$name", ({ block: bytes, with: changes, verdict }) => {
    expect(judgeBatch(bytes, { ...context, ...changes })).toMatchObject(verdict);
  });

  test("never throws, whatever the bytes are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        expect(judgeBatch(noise, context).kind).toBe("quarantine");
      }),
    );
  });
});
