import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@firebreak/kit/logger.ts";
import type { DtcChange } from "@firebreak/wire/machine-event.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  createRecordingFrame,
  type RecordingFrame,
  stampNs,
} from "../sources/can/recording-frame.ts";
import { createRecordingParser } from "../sources/can/recording-parser.ts";
import { BlackBox, blackBoxDefaults } from "./black-box.ts";
import { FrameRing } from "./frame-ring.ts";

const baseNs = 1_700_000_000_000_000_000n;

const anyFrame = fc
  .record({
    us: fc.nat({ max: 1_000_000 }),
    bus: fc.constantFrom("can0", "can1"),
    canId: fc.nat({ max: 0x1fff_ffff }),
    isExtended: fc.boolean(),
    isRemote: fc.boolean(),
    bytes: fc.uint8Array({ maxLength: 8 }),
  })
  .map(({ us, bytes, isExtended, canId, isRemote, ...rest }) => {
    const frame = {
      ...createRecordingFrame(),
      ...rest,
      isExtended,
      isRemote,
      length: bytes.length,
    };
    frame.canId = isExtended ? canId : canId & 0x7ff;
    if (!isRemote) frame.data.set(bytes);
    return { us, frame };
  });

function readCandump(text: string) {
  const parser = createRecordingParser();
  const frame = createRecordingFrame();
  const found: ({ ns: bigint | undefined } & ReturnType<typeof shown>)[] = [];
  const take = () => {
    while (parser.next(frame)) found.push({ ns: stampNs(frame), ...shown(frame) });
  };
  parser.feed(Buffer.from(text));
  take();
  parser.end();
  take();
  expect(parser.brokenLines).toBe(0);
  return found;
}

const shown = ({ bus, canId, isExtended, isRemote, length, data }: RecordingFrame) => ({
  bus,
  canId,
  isExtended,
  isRemote,
  length,
  data: isRemote ? "" : Buffer.from(data.subarray(0, length)).toString("hex"),
});

describe("FrameRing", () => {
  test("what it gives back as candump text reads as the same frames", () => {
    fc.assert(
      fc.property(fc.array(anyFrame, { maxLength: 100 }), (frames) => {
        const ring = new FrameRing(100_000);
        for (const { us, frame } of frames) ring.put(frame, us * 1_000, baseNs);
        const expected = frames.map(({ us, frame }) => ({
          ns: baseNs + BigInt(us) * 1_000n,
          ...shown(frame),
        }));
        expect(readCandump([...ring.candump(0, 7)].join(""))).toEqual(expected);
      }),
    );
  });

  test("holds the newest frames within its memory, and counts what has no place", () => {
    const ring = new FrameRing(22 * 1_000);
    const frame = { ...createRecordingFrame(), bus: "can0", canId: 0x123, length: 1 };
    for (let at = 0; at < 2_500; at++) ring.put(frame, at * 1_000_000, baseNs);
    ring.put({ ...frame, isFd: true, length: 12 }, 0, baseNs);
    const found = readCandump([...ring.candump(0)].join(""));
    expect(ring.capacity).toBe(1_000);
    expect(found).toHaveLength(1_000);
    expect(found[0]?.ns).toBe(baseNs + 1_500_000_000n);
    expect(ring.leftOut).toBe(1);
  });

  test("its default holds a minute of two saturated buses of 500 kbit/s", () => {
    expect(new FrameRing(blackBoxDefaults.memoryBytes).capacity).toBeGreaterThan(60 * 2 * 3_600);
  });
});

function makeBox(settings = {}) {
  const clock = { ms: 0, nowMs: () => 1_700_000_000_000 + clock.ms, monotonicMs: () => clock.ms };
  const folder = mkdtempSync(join(tmpdir(), "firebreak-box-"));
  const box = new BlackBox({ ...blackBoxDefaults, ...settings, folder, clock, log: silentLogger });
  const frame = {
    ...createRecordingFrame(),
    bus: "can0",
    canId: 0x0cf0_0400,
    isExtended: true,
    length: 8,
  };
  /** Ten frames a second. */
  function run(seconds: number): void {
    for (let tenth = 0; tenth < seconds * 10; tenth++) {
      box.put(frame, clock.ms * 1e6, baseNs);
      clock.ms += 100;
      box.tick();
    }
  }
  return { box, run };
}

const onset: DtcChange = {
  kind: "dtc-change",
  timeNs: baseNs,
  sa: 0,
  dtc: { spn: 100, fmi: 1, oc: 1, cm: 0 },
  lamps: { mil: "off", redStop: "on", amberWarning: "off", protect: "off" },
  state: "active",
  firstNs: baseNs,
  lastNs: baseNs,
  messages: 1,
  snapshot: [],
};

describe("BlackBox", () => {
  test("the onset of a trouble code stores the seconds before and after it as candump text", async () => {
    const { box, run } = makeBox({ preSeconds: 20, postSeconds: 5 });
    run(60);
    box.note([{ ...onset, state: "previously-active" }]);
    expect(box.status().isRecording).toBe(false);
    box.note([onset]);
    expect(box.status().isRecording).toBe(true);
    run(30);
    await box.close();
    const { captures } = box.status();
    expect(captures).toHaveLength(1);
    expect(captures[0]?.name).toMatch(/-spn-100-fmi-1\.log$/);
    const found = readCandump(readFileSync(box.pathOf(captures[0]?.name ?? "") ?? "", "utf8"));
    expect(found).toHaveLength(201 + 50);
    expect(Number((found[0]?.ns ?? 0n) - baseNs) / 1e9).toBeCloseTo(39.9, 5);
  });

  test("a request does so too; while one recording runs there is no second", async () => {
    const { box, run } = makeBox();
    expect(box.request()).toBe(false);
    run(2);
    expect(box.request()).toBe(true);
    expect(box.request()).toBe(false);
    await box.close();
    expect(box.status().captures).toHaveLength(1);
  });

  test("what is stored is bounded in number and bytes, and only that can be named", async () => {
    const { box, run } = makeBox({ maxCaptures: 3, maxCaptureBytes: 2_500, postSeconds: 1 });
    for (let at = 0; at < 6; at++) {
      run(2);
      box.request();
      await box.close();
    }
    const { captures } = box.status();
    expect(captures.length).toBeLessThanOrEqual(3);
    expect(captures.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(2_500);
    expect(captures.length).toBeGreaterThan(0);
    expect(box.pathOf("../state.json")).toBeUndefined();
  });
});
