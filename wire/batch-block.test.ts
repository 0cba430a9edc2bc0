import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyContent, columnsOf, contentOf, dictionary, identity, rowsOf } from "./batch.fixture.ts";
import { maxBatchBytes } from "./batch.ts";
import {
  batchChecksum,
  decodeBatch,
  encodeBatch,
  maxEncodedBytes,
  readBatchHeader,
  safeSampleCount,
  verifyBatch,
} from "./batch-block.ts";
import type { MachineEvent } from "./machine-event.ts";
import { Quality } from "./quality.ts";
import { SampleColumns } from "./sample-columns.ts";
import { createDictionary } from "./signal-dictionary.ts";

const codeOf = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return "nothing thrown";
};

const stopLamp: MachineEvent = {
  kind: "active-dtcs",
  timeNs: 1_763_000_001_000_000_007n,
  sa: 0,
  lamps: { mil: "on", redStop: "fast-flash", amberWarning: "off", protect: "not-available" },
  dtcs: [
    { spn: 100, fmi: 1, oc: 3, cm: 0 },
    { spn: 524_287, fmi: 31, oc: 127, cm: 1 },
  ],
};

describe("encodeBatch and decodeBatch", () => {
  test("give back order, times to the nanosecond, values to the bit, events and header", () => {
    fc.assert(
      fc.property(anyContent, (content) => {
        const block = encodeBatch(identity, content);
        const { header, samples, events } = decodeBatch(block, dictionary);
        expect(rowsOf(samples)).toStrictEqual(rowsOf(content.samples));
        expect(events).toEqual(content.events);
        const { samples: given, events: _, dictionary: __, ...rest } = content;
        expect(header).toEqual({
          ...rest,
          dictionary: dictionary.hash,
          baseNs: header.baseNs,
          sampleCount: given.length,
          eventCount: content.events.length,
        });
        expect(readBatchHeader(block)).toStrictEqual(header);
        expect(verifyBatch(identity, block)).toBe(true);
        expect(block.length).toBeLessThanOrEqual(maxEncodedBytes(given.length, content.events));
      }),
      { numRuns: 500 },
    );
  });

  test("fill columns that another batch has been in as they fill new ones", () => {
    const used = new SampleColumns(7n, 1);
    fc.assert(
      fc.property(anyContent, (content) => {
        const block = encodeBatch(identity, content);
        const { samples, ...rest } = decodeBatch(block, dictionary, used);
        const fresh = decodeBatch(block, dictionary);
        expect(samples).toBe(used);
        expect(samples.baseNs).toBe(fresh.samples.baseNs);
        expect(rowsOf(samples)).toStrictEqual(rowsOf(fresh.samples));
        expect(rest).toEqual({ header: fresh.header, events: fresh.events });
      }),
      { numRuns: 200 },
    );
  });

  test("count from the whole second of the first sample", () => {
    const samples = columnsOf(
      [{ signal: 0, offsetNs: -456_789, value: 1, quality: Quality.good }],
      5_000_000_001n,
    );
    const { header } = decodeBatch(encodeBatch(identity, contentOf(samples)), dictionary);
    expect(header.baseNs).toBe(4_000_000_000n);
  });

  test("keep quality codes of a newer gateway", () => {
    const samples = columnsOf([{ signal: 0, offsetNs: 0, value: 1, quality: Quality.good }]);
    samples.quality[0] = 200;
    const back = decodeBatch(encodeBatch(identity, contentOf(samples)), dictionary);
    expect(rowsOf(back.samples)).toMatchObject([{ quality: 200, value: Number.NaN }]);
  });

  test("tell 0 from -0 where scale and offset of the signal are negative", () => {
    const signals = [{ name: "zero", unit: "1", scale: -1, offset: -0 }];
    const own = { ...createDictionary("zero", signals), signals };
    const samples = columnsOf([{ signal: 0, offsetNs: 0, value: 0, quality: Quality.good }]);
    const block = encodeBatch(identity, contentOf(samples, { dictionary: own }));
    expect(decodeBatch(block, own).samples.value[0]).toBe(0);
  });

  test("stamps moved here and there come back", () => {
    const rows = Array.from({ length: 60 }, (_, row) => ({
      signal: 0,
      offsetNs: row * 3_000_000 + 543_211 + (row % 20 === 5 ? row : 0),
      value: row,
      quality: Quality.good,
    }));
    const samples = columnsOf(rows);
    const { samples: back } = decodeBatch(encodeBatch(identity, contentOf(samples)), dictionary);
    expect(rowsOf(back)).toStrictEqual(rowsOf(samples));
  });

  test("a stamp moved by one nanosecond costs only itself", () => {
    const rows = Array.from({ length: 60 }, (_, row) => ({
      signal: 0,
      offsetNs: row * 3_000_000 + 543_211,
      value: row,
      quality: Quality.good,
    }));
    const plain = encodeBatch(identity, contentOf(columnsOf(rows)));
    const bumped = encodeBatch(
      identity,
      contentOf(
        columnsOf(
          rows.map((row, at) => (at === 30 ? { ...row, offsetNs: row.offsetNs + 1 } : row)),
        ),
      ),
    );
    expect(bumped.length - plain.length).toBeLessThanOrEqual(6);
  });

  test("compression is used only where it makes the block smaller", () => {
    const rows = Array.from({ length: 300 }, (_, row) => ({
      signal: row % 8,
      offsetNs: row * 1_000_000,
      value: 3,
      quality: Quality.good,
    }));
    expect(encodeBatch(identity, contentOf(columnsOf(rows))).length).toBeLessThan(200);
    const few = encodeBatch(identity, contentOf(columnsOf(rows.slice(0, 6))));
    expect((few[4] ?? 0) & 0b1_0000).toBe(0);
    const dtcs = Array.from({ length: 60 }, (_, at) => {
      const noise = Math.imul(at + 1, 0x9e3779b1) >>> 0;
      return { spn: noise >>> 13, fmi: noise & 31, oc: (noise >>> 5) & 127, cm: 0 as const };
    });
    const unfit = encodeBatch(
      identity,
      contentOf(columnsOf([]), { events: [{ ...stopLamp, dtcs }] }),
    );
    expect((unfit[4] ?? 0) & 0b1_0000).toBe(0);
  });

  test("refuse another dictionary", () => {
    const block = encodeBatch(identity, contentOf(columnsOf([])));
    const other = createDictionary("another-machine", dictionary.signals);
    expect(codeOf(() => decodeBatch(block, other))).toBe("BATCH_DICTIONARY_MISMATCH");
  });
});

describe("the greatest size", () => {
  const hostile = (count: number) =>
    columnsOf(
      Array.from({ length: count }, (_, row) => ({
        signal: row % 8,
        offsetNs: ((row * 7_919) % 1_000) * 1e12 + row,
        value: Math.sin(row) * 10 ** ((row % 600) - 300),
        quality: row % 3 === 0 ? Quality.error : Quality.good,
      })),
    );

  test("is kept by so many samples of any kind", () => {
    expect(maxEncodedBytes(safeSampleCount, [])).toBeLessThanOrEqual(maxBatchBytes);
    const block = encodeBatch(identity, contentOf(hostile(safeSampleCount)));
    expect(block.length).toBeLessThanOrEqual(maxBatchBytes);
  });

  test("is enforced", () => {
    expect(codeOf(() => encodeBatch(identity, contentOf(hostile(20_000))))).toBe("BATCH_TOO_LARGE");
  });

  test("is enforced on what a block unfolds to", () => {
    const row = { signal: 0, offsetNs: 0, value: 1, quality: Quality.good };
    const samples = columnsOf(Array.from({ length: 200_000 }, () => row));
    expect(codeOf(() => encodeBatch(identity, contentOf(samples)))).toBe("BATCH_TOO_LARGE");
  });

  test("is enforced on the span of time", () => {
    const row = { signal: 0, value: 1, quality: Quality.good };
    const samples = columnsOf([
      { ...row, offsetNs: -(2 ** 52) },
      { ...row, offsetNs: 0 },
    ]);
    expect(codeOf(() => encodeBatch(identity, contentOf(samples)))).toBe("BATCH_TOO_LARGE");
  });
});

describe("verifyBatch", () => {
  const block = encodeBatch(
    { gatewayId: "a", machineId: "bc" },
    contentOf(columnsOf([{ signal: 0, offsetNs: 1, value: 12.5, quality: Quality.good }])),
  );

  test.each([
    { name: "accepts its own identity", gatewayId: "a", machineId: "bc", valid: true },
    { name: "tells where one id ends", gatewayId: "ab", machineId: "c", valid: false },
    { name: "tells the ids apart", gatewayId: "bc", machineId: "a", valid: false },
    { name: "refuses another machine", gatewayId: "a", machineId: "bd", valid: false },
    { name: "refuses another gateway", gatewayId: "b", machineId: "bc", valid: false },
  ])("$name", ({ gatewayId, machineId, valid }) => {
    expect(verifyBatch({ gatewayId, machineId }, block)).toBe(valid);
  });

  test("refuses every flipped bit and every truncation", () => {
    const owner = { gatewayId: "a", machineId: "bc" };
    for (let bit = 0; bit < block.length * 8; bit++) {
      const flipped = block.slice();
      flipped[bit >>> 3] = (flipped[bit >>> 3] ?? 0) ^ (1 << (bit & 7));
      expect(verifyBatch(owner, flipped)).toBe(false);
    }
    for (let length = 0; length < block.length; length++)
      expect(verifyBatch(owner, block.subarray(0, length))).toBe(false);
  });

  test("reads a block that lies inside a larger buffer", () => {
    const larger = new Uint8Array(block.length + 7);
    larger.set(block, 3);
    const view = larger.subarray(3, 3 + block.length);
    expect(verifyBatch({ gatewayId: "a", machineId: "bc" }, view)).toBe(true);
    expect(batchChecksum(view)).toBe(batchChecksum(block));
    expect(decodeBatch(view, dictionary).samples.value[0]).toBe(12.5);
  });
});

describe("batchChecksum", () => {
  test("tells two contents under one number apart", () => {
    const first = encodeBatch(identity, contentOf(columnsOf([]), { produced: 1 }));
    const second = encodeBatch(identity, contentOf(columnsOf([]), { produced: 2 }));
    expect(batchChecksum(first)).not.toBe(batchChecksum(second));
  });
});

describe("encodeBatch", () => {
  test.each([
    { name: "number 0", rest: { number: 0 } },
    { name: "a short epoch", rest: { epoch: "00" } },
    {
      name: "a DTC beyond its bits",
      rest: { events: [{ ...stopLamp, dtcs: [{ spn: 524_288, fmi: 0, oc: 0, cm: 0 as const }] }] },
    },
  ])("takes $name for a bug", ({ rest }) => {
    expect(codeOf(() => encodeBatch(identity, contentOf(columnsOf([]), rest)))).toBe(
      "ERR_ASSERTION",
    );
  });
});
