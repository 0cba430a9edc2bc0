import type { BatchIdentity } from "@firebreak/wire/batch.ts";
import { type BatchContent, decodeBatch, encodeBatch } from "@firebreak/wire/batch-block.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import { createDictionary } from "@firebreak/wire/signal-dictionary.ts";
import { decodePayload, encodePayload } from "@firebreak/wire/sparkplug-payload.ts";
import { DataType, type Metric } from "@firebreak/wire/sparkplug-types.ts";
import { defaultGroup, sparkplugTopic } from "@firebreak/wire/topics.ts";
import { type BenchResult, medianOf, toResult } from "./result.ts";

/** Frames of a J1939 machine: scale, offset, start and greatest step (raw counts) of the signals in each. */
const frames: readonly (readonly [scale: number, offset: number, start: number, step: number][])[] =
  [
    [
      [0.125, 0, 11_200, 240],
      [1, -125, 180, 8],
      [1, -125, 178, 8],
    ], // EEC1
    [
      [0.4, 0, 90, 6],
      [1, 0, 62, 5],
    ], // EEC2
    [
      [1, -40, 122, 1],
      [1, -40, 95, 1],
      [0.03125, -273, 11_400, 16],
    ], // engine temperature
    [
      [4, 0, 102, 3],
      [2, 0, 60, 1],
      [0.4, 0, 200, 1],
    ], // fluid level and pressure
    [[0.05, 0, 182_400, 0]], // hours
    [
      [0.05, 0, 420, 40],
      [0.001953125, 0, 900, 30],
    ], // fuel economy
    [
      [0.05, 0, 552, 2],
      [0.05, 0, 556, 2],
    ], // electrical power
    [
      [0.5, 0, 203, 0],
      [1, -40, 68, 1],
    ], // ambient
    [
      [2, 0, 75, 4],
      [1, -40, 96, 1],
      [2, 0, 72, 4],
    ], // inlet and exhaust
    [
      [0.4, 0, 168, 0],
      [0.4, 0, 190, 0],
    ], // dash display
    [
      [1, 0, 2_870, 90],
      [1, 0, 310, 30],
      [1, 0, 41, 3],
    ], // hydraulics
    [
      [1, 0, 19_322, 1],
      [1, 0, 3, 0],
      [1, 0, 1, 0],
      [0.1, 0, 640, 25],
    ], // pump
  ];

const shapes = frames.flat();
const dictionary = createDictionary(
  "concrete-pump-truck",
  shapes.map(([scale, offset], index) => ({ name: `signal${index}`, unit: "1", scale, offset })),
);
const identity: BatchIdentity = { gatewayId: "gw-7f3a91c2", machineId: "SY5419THB-560C-0231" };

/** A linear congruential generator (Numerical Recipes), so that each run sees the same machine. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The reference profile: every signal each 5 s, those of a frame together, stamps cut to `resolutionNs`. */
function referenceSamples(count: number, resolutionNs: number, seed = 1): SampleColumns {
  const random = seeded(seed);
  const samples = new SampleColumns(1_763_000_000_000_000_000n, count);
  const raw = shapes.map(([, , start]) => start);
  const due = frames.map((_, frame) => (frame + random()) * (5e9 / frames.length));
  while (samples.length < count) {
    const frame = due.indexOf(Math.min(...due));
    const timeNs = Math.floor((due[frame] ?? 0) / resolutionNs) * resolutionNs;
    let signal = frames.slice(0, frame).reduce((sum, { length }) => sum + length, 0);
    for (const [scale, offset, , step] of frames[frame] ?? []) {
      raw[signal] = (raw[signal] ?? 0) + Math.round((random() * 2 - 1) * step);
      if (samples.length < count)
        samples.push(signal, timeNs, (raw[signal] ?? 0) * scale + offset, Quality.good);
      signal++;
    }
    due[frame] = (due[frame] ?? 0) + 5e9 + (random() - 0.5) * 2e8;
  }
  return samples;
}

const contentOf = (samples: SampleColumns): BatchContent => ({
  epoch: "8d1f0c5ab9e34f7192aa60c3d5e7f401",
  number: 86_400,
  lane: "live",
  dictionary,
  samples,
  events: [],
  produced: 518_400,
  suppressed: 4_150_000,
});

/** Bytes of the whole MQTT PUBLISH at QoS 0: fixed header, topic, Sparkplug payload. TCP and TLS not counted. */
function publishBytes(block: Uint8Array): number {
  const topic = sparkplugTopic({
    group: defaultGroup,
    type: "DDATA",
    edge: identity.gatewayId,
    device: identity.machineId,
  });
  const timestampMs = 1_763_000_000_123;
  const metrics: Metric[] = [{ alias: 1, timestampMs, value: block }];
  const rest = 2 + topic.length + encodePayload({ timestampMs, seq: 130, metrics }).length;
  return 1 + (rest < 128 ? 1 : rest < 16_384 ? 2 : 3) + rest;
}

/** Median of `runs` of work done per second, after one run to warm up. */
function rate(name: string, unit: string, work: () => number): BenchResult {
  const runs: number[] = [];
  for (let run = 0; run < 6; run++) {
    const start = performance.now();
    let done = 0;
    while (performance.now() - start < 300) done += work();
    if (run > 0) runs.push(Math.round((done / (performance.now() - start)) * 1000));
  }
  return toResult(name, unit, runs);
}

function sizes(): BenchResult[] {
  const resolutions = [
    ["µs stamps", 1_000],
    ["100 µs stamps", 100_000],
    ["ms stamps", 1_000_000],
  ] as const;
  return resolutions.flatMap(([stamps, resolutionNs]) =>
    [6, 30, 60, 120, 300].map((count) => {
      const blocks = [1, 2, 3, 4, 5].map((seed) =>
        encodeBatch(identity, contentOf(referenceSamples(count, resolutionNs, seed))),
      );
      const runs = blocks.map((block) => round(publishBytes(block) / count));
      const block = round(medianOf(blocks.map(({ length }) => length)) / count);
      const note = `of which block ${block}; ${round(count / 6)} s of the reference profile`;
      return toResult(
        `wire size, ${count} samples per batch, ${stamps}`,
        "bytes/sample",
        runs,
        note,
      );
    }),
  );
}

const round = (value: number): number => Math.round(value * 100) / 100;

/** Size on the wire, and speed of the codecs on one core. */
export async function run(): Promise<BenchResult[]> {
  const speeds = [30, 300].flatMap((count) => {
    const content = contentOf(referenceSamples(count, 1_000));
    const block = encodeBatch(identity, content);
    return [
      rate(`encode batch of ${count}`, "samples/s", () => {
        encodeBatch(identity, content);
        return count;
      }),
      rate(`decode batch of ${count}`, "samples/s", () => {
        decodeBatch(block, dictionary);
        return count;
      }),
    ];
  });
  const metrics = shapes.map(([scale, offset, start], alias) => ({
    alias,
    timestampMs: 1_763_000_000_123,
    datatype: DataType.Double,
    value: start * scale + offset,
  }));
  const bytes = encodePayload({ timestampMs: 1_763_000_000_123, seq: 7, metrics });
  return [
    ...sizes(),
    ...speeds,
    rate("encode Sparkplug metrics", "metrics/s", () => {
      encodePayload({ timestampMs: 1_763_000_000_123, seq: 7, metrics });
      return metrics.length;
    }),
    rate("decode Sparkplug metrics", "metrics/s", () => decodePayload(bytes).metrics.length),
  ];
}
