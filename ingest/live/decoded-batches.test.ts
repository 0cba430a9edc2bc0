import type { Batch } from "@firebreak/wire/batch.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import { describe, expect, test } from "vitest";
import { DecodedBatches, mostDecodedSamples } from "./decoded-batches.ts";

const header: Omit<Batch["header"], "sampleCount"> = {
  ...{ epoch: "1".repeat(32), number: 1, lane: "live", dictionary: "d", baseNs: 0n },
  ...{ eventCount: 0, produced: 0, suppressed: 0 },
};

function batchOf(sampleCount: number): Batch {
  const samples = new SampleColumns(0n, 1);
  samples.length = sampleCount; // no more than its length is asked for
  return { header: { ...header, sampleCount }, samples, events: [] };
}

describe("DecodedBatches", () => {
  test("gives each batch once, by its place in the journal", () => {
    const decoded = new DecodedBatches();
    const [one, other] = [batchOf(1), batchOf(2)];
    decoded.put(10, one);
    decoded.put(20, other);
    expect(decoded.take(20)).toBe(other);
    expect(decoded.take(20)).toBeUndefined();
    expect(decoded.take(10)).toBe(one);
    expect(decoded.take(30)).toBeUndefined();
  });

  test("gives up the oldest when nobody asks, and empty batches too", () => {
    const decoded = new DecodedBatches();
    const half = mostDecodedSamples / 2;
    for (const position of [1, 2, 3]) decoded.put(position, batchOf(half));
    expect(decoded.take(1)).toBeUndefined();
    expect(decoded.take(2)).toBeUndefined();
    expect(decoded.take(3)?.samples).toHaveLength(half);
    for (let position = 0; position < mostDecodedSamples; position++)
      decoded.put(position, batchOf(0));
    expect(decoded.take(0)).toBeUndefined();
    expect(decoded.take(mostDecodedSamples - 1)).toBeDefined();
  });

  test("has room for what was asked for", () => {
    const decoded = new DecodedBatches();
    for (let position = 0; position < 50; position++) {
      decoded.put(position, batchOf(mostDecodedSamples / 2));
      expect(decoded.take(position)).toBeDefined();
    }
    decoded.put(90, batchOf(1));
    decoded.put(91, batchOf(mostDecodedSamples / 2));
    expect(decoded.take(90)).toBeDefined();
  });
});
