import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { silentLogger } from "@firebreak/kit/logger.ts";
import type { CaptureStored, DtcChange } from "@firebreak/wire/machine-event.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  createRecordingFrame,
  type RecordingFrame,
  stampNs,
} from "../sources/can/recording-frame.ts";
import { createRecordingParser } from "../sources/can/recording-parser.ts";
import { BlackBox, blackBoxDefaults } from "./black-box.ts";
import { ExchangeRing } from "./exchange-ring.ts";
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
        expect(readCandump([...ring.candump(0, 7)].map(({ text }) => text).join(""))).toEqual(
          expected,
        );
      }),
    );
  });

  test("holds the newest frames within its memory, and counts what has no place", () => {
    const ring = new FrameRing(22 * 1_000);
    const frame = { ...createRecordingFrame(), bus: "can0", canId: 0x123, length: 1 };
    for (let at = 0; at < 2_500; at++) ring.put(frame, at * 1_000_000, baseNs);
    ring.put({ ...frame, isFd: true, length: 12 }, 0, baseNs);
    const found = readCandump([...ring.candump(0)].map(({ text }) => text).join(""));
    expect(ring.capacity).toBe(1_000);
    expect(found).toHaveLength(1_000);
    expect(found[0]?.ns).toBe(baseNs + 1_500_000_000n);
    expect(ring.leftOut).toBe(1);
  });

  test.each([
    { what: "two saturated buses of 500 kbit/s", perSecond: 7_200, most: 12 * 1024 * 1024 },
    { what: "one of them", perSecond: 3_600, most: 8 * 1024 * 1024 },
    { what: "a quiet bus", perSecond: 200, most: 1024 * 1024 },
  ])("a minute of $what has its place, in no more memory than it needs", ({ perSecond, most }) => {
    const ring = new FrameRing(blackBoxDefaults.memoryBytes, 80);
    const frame = { ...createRecordingFrame(), bus: "can0", canId: 0x123, length: 8 };
    const seconds = 150;
    for (let at = 0; at < seconds * perSecond; at++)
      ring.put(frame, Math.floor((at * 1e9) / perSecond), baseNs);
    expect(ring.capacity * 22).toBeLessThanOrEqual(most);
    const fromUs = Number(baseNs / 1_000n) + (seconds - 60) * 1e6;
    let lines = 0;
    for (const { text } of ring.candump(fromUs)) lines += text.split("\n").length - 1;
    expect(lines).toBe(60 * perSecond);
  });
});

/** Storing goes on beside; here seconds pass faster than any disk writes. */
const othersTurn = () => new Promise((next) => setImmediate(next));

function makeBox(settings = {}, folder = mkdtempSync(join(tmpdir(), "firebreak-box-"))) {
  const clock = { ms: 0, nowMs: () => 1_700_000_000_000 + clock.ms, monotonicMs: () => clock.ms };
  const told: CaptureStored[] = [];
  const box = new BlackBox({
    ...blackBoxDefaults,
    ...settings,
    folder,
    clock,
    log: silentLogger,
    announce: (event) => told.push(event),
  });
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
  const textOf = (name: string) =>
    gunzipSync(readFileSync(box.pathOf(name) ?? "")).toString("latin1");
  return { box, run, told, clock, folder, textOf };
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

const onsetOf = (spn: number): DtcChange => ({ ...onset, dtc: { ...onset.dtc, spn } });

describe("BlackBox", () => {
  test("the onset of a trouble code stores the seconds before and after it as candump text", async () => {
    const { box, run, told, textOf } = makeBox({ preSeconds: 20, postSeconds: 5 });
    run(60);
    box.note([{ ...onset, state: "previously-active" }]);
    expect(box.status().isRecording).toBe(false);
    box.note([onset]);
    expect(box.status().isRecording).toBe(true);
    run(30);
    await box.close();
    const { captures } = box.status();
    expect(captures).toHaveLength(1);
    const name = captures[0]?.name ?? "";
    expect(name).toMatch(/-spn-100-fmi-1\.log\.gz$/);
    const found = readCandump(textOf(name));
    expect(found).toHaveLength(201 + 50);
    expect(Number((found[0]?.ns ?? 0n) - baseNs) / 1e9).toBeCloseTo(39.9, 5);
    expect(told).toEqual([
      {
        kind: "capture",
        timeNs: found.at(-1)?.ns,
        sa: 0,
        name,
        format: "candump",
        code: { network: 0, spn: 100, fmi: 1 },
        requestId: "",
        firstNs: found[0]?.ns,
        records: 251,
        plainBytes: textOf(name).length,
        storedBytes: readFileSync(box.pathOf(name) ?? "").length,
        sha256: createHash("sha256")
          .update(readFileSync(box.pathOf(name) ?? ""))
          .digest("hex"),
      },
    ]);
  });

  test("a request does so too; asked again it answers again and records nothing twice", async () => {
    const { box, run, told } = makeBox({ postSeconds: 1 });
    expect(box.request("r1")).toBe("nothing-heard");
    run(2);
    expect(box.request("r1")).toBe("recording");
    expect(box.request("r1")).toBe("recording");
    run(2);
    await box.close();
    expect(box.request("r1")).toBe("stored");
    expect(box.status().captures).toHaveLength(1);
    expect(told.map(({ requestId }) => requestId)).toEqual(["r1", "r1"]);
  });

  test("a request while a trouble code is being recorded is answered by that recording", async () => {
    const { box, run, told } = makeBox({ postSeconds: 1 });
    run(2);
    box.note([onset]);
    expect(box.request("r1")).toBe("recording");
    run(2);
    await box.close();
    expect(told).toMatchObject([{ requestId: "r1", code: { spn: 100 } }]);
  });

  test("a code that comes and goes every second for two hours makes a recording an hour, across restarts too", async () => {
    const settings = { postSeconds: 1, preSeconds: 1 };
    const first = makeBox(settings);
    first.run(1);
    for (let second = 0; second < 3_000; second++) {
      first.box.note([onset]);
      first.run(1);
      await othersTurn();
    }
    await first.box.close();
    expect(first.box.status().captures).toHaveLength(1);
    expect(first.box.status().passedOver).toBeGreaterThan(1_000);
    const again = makeBox(settings, first.folder);
    again.clock.ms = first.clock.ms;
    for (let second = 0; second < 4_000; second++) {
      again.run(1);
      again.box.note([onset]);
      await othersTurn();
    }
    await again.box.close();
    expect(again.box.status().captures).toHaveLength(2);
  });

  test("many codes at once make so many recordings in an hour and no more, and a request still finds room", async () => {
    const { box, run } = makeBox({ postSeconds: 1, maxPerHour: 3 });
    for (let spn = 1; spn <= 20; spn++) {
      run(3);
      box.note([onsetOf(spn)]);
    }
    await box.close();
    expect(box.status().captures).toHaveLength(3);
    expect(box.request("r1")).toBe("recording");
    await box.close();
    expect(box.status().captures).toHaveLength(4);
  });

  test("Modbus is stored beside the frames as text, and by itself where there is no CAN", async () => {
    const { box, told, clock, textOf } = makeBox({ postSeconds: 0 });
    const request = Buffer.from("010300000002c40b", "hex");
    box.putExchange("/dev/ttyUSB0", "request", request, baseNs + 123_456_789n);
    box.putExchange("/dev/ttyUSB0", "reply", Buffer.from("01830200f1", "hex"), baseNs + 2n ** 30n);
    expect(box.request("r1")).toBe("recording");
    clock.ms += 100;
    box.tick();
    await box.close();
    expect(told).toMatchObject([{ format: "modbus", records: 2 }]);
    expect(textOf(told[0]?.name ?? "")).toBe(
      "(1700000000.123456789) /dev/ttyUSB0 > 010300000002C40B\n(1700000001.073741824) /dev/ttyUSB0 < 01830200F1\n",
    );
  });

  test("what is stored is bounded in number and bytes, and only that can be named", async () => {
    const { box, run } = makeBox({
      maxCaptures: 3,
      maxCaptureBytes: 800,
      postSeconds: 1,
      maxPerHour: 9,
    });
    for (let at = 0; at < 6; at++) {
      run(2);
      box.request(`r${at}`);
      await box.close();
    }
    const { captures } = box.status();
    expect(captures.length).toBeLessThanOrEqual(3);
    expect(captures.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThanOrEqual(800);
    expect(captures.at(-1)?.requestId).toBe("r5");
    expect(box.pathOf("../state.json")).toBeUndefined();
  });

  test.each([
    { what: "far ahead", ms: 10 * 365 * 86_400_000 },
    { what: "behind", ms: -86_400_000 },
  ])(
    "what was stored last makes room last, whether the clock was $what before or then",
    async ({ ms }) => {
      const settings = { maxCaptures: 2, postSeconds: 1, maxPerHour: 9 };
      const { box, run, clock, folder } = makeBox(settings);
      const begunMs = clock.nowMs;
      const store = async (requestId: string) => {
        run(2);
        box.request(requestId);
        await box.close();
      };
      clock.nowMs = () => begunMs() + ms;
      await store("r0");
      clock.nowMs = begunMs;
      await store("r1");
      await store("r2");
      clock.nowMs = () => begunMs() + ms;
      await store("r3");
      const stored = ({ box: one }: Pick<ReturnType<typeof makeBox>, "box">) =>
        one.status().captures.map(({ requestId }) => requestId);
      expect(stored({ box })).toEqual(["r2", "r3"]);
      expect(stored(makeBox(settings, folder))).toEqual(["r2", "r3"]);
    },
  );

  test("what was begun and not finished is gone after a start, what was stored is told again", async () => {
    const { box, run, told, folder } = makeBox({ postSeconds: 1 });
    run(2);
    box.request("r1");
    await box.close();
    const name = told[0]?.name ?? "";
    writeFileSync(join(folder, "2026-01-01T00-00-00.000Z-request.log.gz.part"), "x");
    writeFileSync(join(folder, "2026-01-01T00-00-00.000Z-request.log.gz"), "without its facts");
    const again = makeBox({}, folder);
    again.box.announceAll();
    expect(again.told).toEqual(told);
    expect(readdirSync(folder).sort()).toEqual([name, `${name}.json`]);
    truncateSync(join(folder, name), 5);
    expect(makeBox({}, folder).box.status().captures).toEqual([]);
  });
});

describe("ExchangeRing", () => {
  test("gives back the newest of what was put, whole and in order, within its memory", () => {
    const anyExchange = fc.record({
      bus: fc.constantFrom("a:502", "/dev/ttyS1"),
      isRequest: fc.boolean(),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 260 }),
    });
    fc.assert(
      fc.property(fc.array(anyExchange, { maxLength: 200, size: "max" }), (exchanges) => {
        const ring = new ExchangeRing(4_096);
        for (const [at, { bus, isRequest, bytes }] of exchanges.entries())
          ring.put(bus, isRequest ? "request" : "reply", bytes, baseNs + BigInt(at));
        const lines = exchanges.map(({ bus, isRequest, bytes }, at) => {
          const hex = Buffer.from(bytes).toString("hex").toUpperCase();
          return `(1700000000.${String(at).padStart(9, "0")}) ${bus} ${isRequest ? ">" : "<"} ${hex}`;
        });
        const text = [...ring.lines(0, 7)].map((piece) => piece.text).join("");
        const found = text.split("\n").slice(0, -1);
        expect(found).toEqual(found.length === 0 ? [] : lines.slice(-found.length));
        const held = exchanges
          .slice(-found.length)
          .reduce((sum, { bytes }) => sum + bytes.length + 12, 0);
        const all = exchanges.reduce((sum, { bytes }) => sum + bytes.length + 12, 0);
        expect(held).toBeLessThanOrEqual(4_096);
        expect(held).toBeGreaterThanOrEqual(Math.min(all, 4_096 - 3 * 272));
      }),
    );
  });
});
