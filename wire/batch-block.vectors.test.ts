import { describe, expect, test } from "vitest";
import { columnsOf, contentOf, dictionary, identity, rowsOf } from "./batch.fixture.ts";
import { decodeBatch, encodeBatch, verifyBatch } from "./batch-block.ts";
import type { MachineEvent } from "./machine-event.ts";
import { Quality } from "./quality.ts";

const event: MachineEvent = {
  kind: "active-dtcs",
  timeNs: 1_763_000_001_000_000_007n,
  sa: 0x21,
  lamps: { mil: "on", redStop: "fast-flash", amberWarning: "off", protect: "not-available" },
  dtcs: [
    { spn: 100, fmi: 1, oc: 3, cm: 0 },
    { spn: 524_287, fmi: 31, oc: 127, cm: 1 },
  ],
};

const good = Quality.good;
const samples = columnsOf(
  [
    { signal: 0, offsetNs: 2_000_000, value: 1500.125, quality: good },
    { signal: 1, offsetNs: 2_000_000, value: 85, quality: good },
    { signal: 0, offsetNs: 12_000_000, value: 1499, quality: good },
    { signal: 2, offsetNs: 12_000_000, value: Number.NaN, quality: Quality.notAvailable },
    { signal: 6, offsetNs: 11_000_000, value: 0.5, quality: good },
    { signal: 3, offsetNs: 13_000_000, value: 0.1, quality: good },
    { signal: 6, offsetNs: 13_000_000, value: Math.PI, quality: good },
    { signal: 0, offsetNs: 13_000_001, value: -0, quality: good },
  ],
  1_763_000_000_000_000_000n,
);

const newer: MachineEvent[] = [
  { ...event, network: 129, dtcs: [] },
  {
    kind: "dtc-change",
    timeNs: 1_763_000_001_000_000_000n,
    sa: 3,
    dtc: { spn: 100, fmi: 4, oc: 1, cm: 0 },
    lamps: { mil: "off", redStop: "off", amberWarning: "on", protect: "off" },
    state: "active",
    firstNs: 1_763_000_000_000_000_000n,
    lastNs: 1_763_000_001_000_000_000n,
    messages: 2,
    snapshot: [
      { signal: 0, value: 1500.5, quality: Quality.good, ageMs: 20 },
      { signal: 2, value: Number.NaN, quality: Quality.error, ageMs: 300 },
    ],
  },
  {
    kind: "diagnostic-order",
    timeNs: 1_763_000_002_000_000_000n,
    sa: 249,
    da: 255,
    command: "clear-previously-active",
  },
  {
    kind: "identity",
    timeNs: 1_763_000_003_000_000_000n,
    sa: 0,
    fact: "software",
    fields: ["V1", ""],
  },
];

const ofNetwork = {
  kind: "identity",
  timeNs: 1_763_000_004_000_000_000n,
  network: 1,
  sa: 33,
  fact: "name",
  fields: ["8000fa0001200001"],
} as const;

const freezeFrame = {
  kind: "freeze-frame",
  timeNs: 1_763_000_005_000_000_000n,
  sa: 0,
  dtc: { spn: 100, fmi: 4, oc: 1, cm: 0 },
  values: {
    boostKpa: 100,
    engineSpeedRpm: 1000.125,
    engineLoadPercent: null,
    coolantTemperatureC: -40,
    vehicleSpeedKmh: null,
  },
  extra: "ab01",
} as const;

/** The format may not change while a spool or a journal holds it: these bytes stay readable for ever. */
const vectors = [
  {
    name: "samples and an event",
    content: contentOf(samples, { number: 300, events: [event], produced: 1000, suppressed: 7 }),
    hex: "0eecdf2d0100112233445566778899aabbccddeeff3112523e3b56d79180fba9910dac02e8070708011b030001010400000300050c060d0104140104010701c4bb01fc0113010000003f0600182d4454fb210940010000008001074a9efe286f771821190a0264000803ffffffff",
  },
  {
    name: "the newer kinds of event",
    content: contentOf(columnsOf([], 0n), { lane: "alarm", events: newer }),
    hex: "986e2c5f2100112233445566778899aabbccddeeff3112523e3b56d79182fba9910d010000000402074a9efe286f77188121190a0003004a9efe286f77180003016400200140008094ebdc0300020200001400000000007297400202ac02040014393a296f7718f9ff010500ded375296f771800020202563100",
  },
  {
    name: "a control unit of another network",
    content: contentOf(columnsOf([], 0n), { lane: "alarm", events: [ofNetwork] }),
    hex: "268ce8682100112233445566778899aabbccddeeff3112523e3b56d79188fba9910d01000000010700a86eb1296f7718012104011038303030666130303031323030303031",
  },
  {
    name: "a freeze frame",
    content: contentOf(columnsOf([], 0n), { lane: "alarm", events: [freezeFrame] }),
    hex: "235ef06d2100112233445566778899aabbccddeeff3112523e3b56d7918afba9910d010000000108007209ed296f77180000640020010b00000000000059400000000000418f4000000000000044c002ab01",
  },
  {
    name: "nothing",
    content: contentOf(columnsOf([], 0n), { lane: "alarm" }),
    hex: "b0586dbb2100112233445566778899aabbccddeeff3112523e3b56d791000100000000",
  },
  {
    name: "a tombstone",
    content: contentOf(columnsOf([], -1n), {
      number: 2,
      tombstone: { reason: "not-on-gateway", samples: 300 },
    }),
    hex: "9268d4994100112233445566778899aabbccddeeff3112523e3b56d7910102000002ac02",
  },
  {
    name: "a thinned batch",
    content: contentOf(samples, {
      number: 300,
      produced: 1000,
      suppressed: 7,
      tombstone: { reason: "spool-full", samples: 297 },
    }),
    hex: "2dbe6a78c100112233445566778899aabbccddeeff3112523e3b56d79180fba9910dac02e8070700a90208001b030001010400000300050c060d0104140104010701c4bb01fc0113010000003f0600182d4454fb2109400100000080",
  },
];

describe("the block format", () => {
  test.each(vectors)("of $name stays as it is", ({ content, hex }) => {
    const block = encodeBatch(identity, content);
    expect(Buffer.from(block).toString("hex")).toBe(hex);
    const batch = decodeBatch(Buffer.from(hex, "hex"), dictionary);
    expect(rowsOf(batch.samples)).toStrictEqual(rowsOf(content.samples));
    expect(batch.events).toStrictEqual(content.events);
    expect(batch.header.tombstone).toStrictEqual(content.tombstone);
  });

  /** Only read: another release of zstd may compress differently. */
  test("compressed stays readable", () => {
    const block = Buffer.from(
      "ebbbab6e1100112233445566778899aabbccddeeff3112523e3b56d79180fba9910d01640064000000d5000078030102040600028205a201c29c01a2030429fe067e1ce31d1c",
      "hex",
    );
    expect(verifyBatch(identity, block)).toBe(true);
    const { header, samples: back } = decodeBatch(block, dictionary);
    expect(header.sampleCount).toBe(100);
    expect(rowsOf(back)).toStrictEqual(
      Array.from({ length: 100 }, (_, row) => ({
        signal: row % 4,
        timeNs: 1_763_000_000_000_000_000n + BigInt(row) * 1_000_000n,
        value: row % 4 === 3 ? 20 : 40,
        quality: good,
      })),
    );
  });
});
