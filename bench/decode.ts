import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { createJ1939Decoder } from "@firebreak/gateway/sources/can/j1939/decoder.ts";
import { spnFacts } from "@firebreak/gateway/sources/can/j1939/spn-facts.ts";
import {
  createRecordingFrame,
  type RecordingFrame,
} from "@firebreak/gateway/sources/can/recording-frame.ts";
import { createRecordingParser } from "@firebreak/gateway/sources/can/recording-parser.ts";
import { sharedData } from "@firebreak/test/shared-data.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import { type BenchResult, toResult } from "./result.ts";

const framesPerRun = 3_000_000;
const runCount = 7;
const pieceBytes = 1024 * 1024;
const signals = spnFacts.map((fact, index) => ({ ...fact, index }));

/** Decoding J1939 on one core, every known SPN wanted: frames from memory, and recordings as text. */
export async function run(): Promise<BenchResult[]> {
  const truck = sharedData("can/sampletruckdata.log");
  const text = truck === undefined ? constructedText() : readFileSync(truck);
  const source = truck === undefined ? "constructed frames" : "a truck's recording, looped";
  const frames = loadFrames(text);
  const samples = new SampleColumns(0n, 1024);

  const copying = measure(framesPerRun, () => eachFrame(frames, () => undefined));
  const decoding = measure(framesPerRun, () => {
    const decoder = createJ1939Decoder({ signals });
    eachFrame(frames, (id, payload, length, offsetNs) => {
      samples.length = 0;
      decoder.decode(id, payload, length, offsetNs, samples);
    });
  });
  const samplesPerFrame = countSamples(frames) / frames.count;
  const megabytes = text.length / 1e6;
  const parsing = measure(megabytes, () => eachTextFrame(text, () => undefined));
  const parsingAndDecoding = measure(megabytes, () => {
    const decoder = createJ1939Decoder({ signals });
    eachTextFrame(text, (frame) => {
      samples.length = 0;
      decoder.decode(frame.canId, frame.data, frame.length, offsetOf(frame), samples);
    });
  });
  return [
    toResult(
      "decode from memory",
      "frames/s",
      decoding,
      `${source}, ${samplesPerFrame.toFixed(2)} samples per frame`,
    ),
    ...cantools(truck),
    toResult("reference: copy the bytes of each frame", "frames/s", copying, "same loop"),
    toResult(
      "parse candump -L text and decode",
      "MB/s",
      parsingAndDecoding,
      `${Math.round(text.length / frames.count)} bytes per frame`,
    ),
    toResult("reference: parse only", "MB/s", parsing, "same text"),
  ];
}

/** The same recording through Python's cantools, with a DBC of the same facts; nothing where it is not installed. */
function cantools(recording: string | undefined): BenchResult[] {
  const dbc = sharedData("j1939/j1939_facts.dbc");
  if (recording === undefined || dbc === undefined) return [];
  const script = resolve(import.meta.dirname, "cantools-decode.py");
  const python = spawnSync("python3", [script, dbc, recording], { encoding: "utf8" });
  const runs = python.stdout?.trim().split(/\s+/).map(Number) ?? [];
  if (python.status !== 0 || runs.length === 0 || runs.some(Number.isNaN)) {
    process.stderr.write("cantools is not installed (pip install cantools): nothing beside it\n");
    return [];
  }
  return [
    toResult(
      "reference: cantools, numbers from memory",
      "frames/s",
      runs,
      "J1939 groups by mask, no transport protocol, no quality, no DM1",
    ),
  ];
}

interface Frames {
  readonly count: number;
  readonly ids: Uint32Array;
  readonly lengths: Uint8Array;
  /** Nanoseconds after the first frame. */
  readonly offsetsNs: Float64Array;
  /** 8 bytes per frame. */
  readonly data: Uint8Array;
}

function loadFrames(text: Uint8Array): Frames {
  const kept: { id: number; length: number; offsetNs: number; data: Uint8Array }[] = [];
  eachTextFrame(text, (frame) => {
    const { canId: id, length } = frame;
    kept.push({ id, length, offsetNs: offsetOf(frame), data: frame.data.slice(0, 8) });
  });
  const data = new Uint8Array(kept.length * 8);
  for (const [at, frame] of kept.entries()) data.set(frame.data, at * 8);
  return {
    count: kept.length,
    ids: Uint32Array.from(kept, ({ id }) => id),
    lengths: Uint8Array.from(kept, ({ length }) => Math.min(8, length)),
    offsetsNs: Float64Array.from(kept, ({ offsetNs }) => offsetNs),
    data,
  };
}

/** Hands out the frames in one buffer, as a socket would, over and over until there were enough. */
function eachFrame(
  { count, ids, lengths, offsetsNs, data }: Frames,
  use: (id: number, payload: Uint8Array, length: number, offsetNs: number) => void,
): void {
  const payload = new Uint8Array(8);
  for (let done = 0, at = 0; done < framesPerRun; done++, at = at + 1 === count ? 0 : at + 1) {
    for (let byte = 0; byte < 8; byte++) payload[byte] = data[at * 8 + byte] ?? 0;
    use(ids[at] ?? 0, payload, lengths[at] ?? 0, offsetsNs[at] ?? 0);
  }
}

function eachTextFrame(text: Uint8Array, use: (frame: RecordingFrame) => void): void {
  const parser = createRecordingParser();
  const frame = createRecordingFrame();
  for (let at = 0; at < text.length; at += pieceBytes) {
    parser.feed(text.subarray(at, at + pieceBytes));
    while (parser.next(frame)) use(frame);
  }
}

/** Exact enough to time transport sessions; recordings of weeks do not matter here. */
const offsetOf = ({ stampSeconds, stampNanos }: RecordingFrame): number =>
  (stampSeconds % 1e6) * 1e9 + stampNanos;

function countSamples(frames: Frames): number {
  const decoder = createJ1939Decoder({ signals });
  const samples = new SampleColumns(0n, 1024);
  for (let at = 0; at < frames.count; at++)
    decoder.decode(
      frames.ids[at] ?? 0,
      frames.data.subarray(at * 8, at * 8 + 8),
      frames.lengths[at] ?? 0,
      frames.offsetsNs[at] ?? 0,
      samples,
    );
  return samples.length;
}

/** `amount` per second of each run, after one run to warm up. */
function measure(amount: number, work: () => void): number[] {
  work();
  return Array.from({ length: runCount }, () => {
    const startMs = performance.now();
    work();
    return amount / ((performance.now() - startMs) / 1000);
  });
}

/** Without the shared recordings: the usual messages of an engine, every value changing. */
function constructedText(): Buffer {
  const lines: string[] = [];
  const ids = ["0CF00400", "0CF00300", "18FEEE00", "18FEEF00", "18FEF200", "18FEF700", "18FECA00"];
  for (let at = 0; at < 100_000; at++) {
    const byte = (at % 250).toString(16).padStart(2, "0");
    lines.push(`(${(at / 2000).toFixed(6)}) can0 ${ids[at % ids.length]}#${byte.repeat(8)}`);
  }
  return Buffer.from(`${lines.join("\n")}\n`);
}
