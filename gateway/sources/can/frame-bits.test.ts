import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BusLoad } from "./bus-load.ts";
import { bitsOfFrame } from "./frame-bits.ts";
import { createRecordingFrame, type RecordingFrame } from "./recording-frame.ts";

function frameOf(id: number, isExtended: boolean, bytes: readonly number[]): RecordingFrame {
  const frame = createRecordingFrame();
  Object.assign(frame, { bus: "can0", canId: id, isExtended, length: bytes.length });
  frame.data.set(bytes);
  return frame;
}

/** The whole frame bit by bit, check sum included, as a second and slow way to the same number. */
function countedBits({ canId, isExtended, length, data }: RecordingFrame): number {
  const text = (value: number, count: number) => value.toString(2).padStart(count, "0");
  const head = isExtended
    ? `0${text(canId >>> 18, 11)}11${text(canId & 0x3ffff, 18)}000`
    : `0${text(canId, 11)}000`;
  const bytes = [...data.subarray(0, length)].map((byte) => text(byte, 8)).join("");
  const body = `${head}${text(length, 4)}${bytes}`;
  let crc = 0;
  for (const bit of body) {
    const isOdd = ((crc >> 14) & 1) !== Number(bit);
    crc = ((crc << 1) & 0x7fff) ^ (isOdd ? 0x4599 : 0);
  }
  let [run, last, count] = [0, "", 0];
  for (const bit of `${body}${text(crc, 15)}`) {
    run = bit === last ? run + 1 : 1;
    last = bit;
    count++;
    if (run < 5) continue;
    count++;
    last = bit === "0" ? "1" : "0";
    run = 1;
  }
  return count + 1 + 2 + 7 + 3;
}

describe("bitsOfFrame", () => {
  test("is the length on the wire but for the stuff bits of the check sum, at most four", () => {
    let sum = 0;
    let runs = 0;
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.nat(0x1fffffff),
        fc.array(fc.oneof(fc.nat(255), fc.constantFrom(0, 255)), { maxLength: 8 }),
        (isExtended, id, bytes) => {
          const frame = frameOf(isExtended ? id : id & 0x7ff, isExtended, bytes);
          const off = countedBits(frame) - bitsOfFrame(frame);
          expect(Math.abs(off)).toBeLessThan(4);
          sum += off;
          runs++;
        },
      ),
      { numRuns: 2_000, seed: 5 },
    );
    expect(Math.abs(sum / runs)).toBeLessThan(0.3);
  });

  test("a frame of eight bytes is 131 bits with 29-bit identifier, 111 with 11, stuff bits apart", () => {
    const bytes = [0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55];
    expect(Math.floor(bitsOfFrame(frameOf(0x15555555, true, bytes)))).toBe(131);
    expect(Math.floor(bitsOfFrame(frameOf(0x555, false, bytes)))).toBe(111);
  });
});

describe("BusLoad", () => {
  const frame = frameOf(0x0cf00400, true, [0xf0, 0xff, 0xa0, 0x2e, 0x1c, 0xff, 0xff, 0xff]);

  test("tells frames and bits a second over the last whole seconds, and that they end", () => {
    const load = new BusLoad();
    load.restart(1_700_000_000_000_000_000n);
    for (let at = 0; at < 1_800 * 12; at++) load.note(frame, (at / 1_800) * 1e9);
    const { framesPerSecond, bitsPerSecond } = load.rates();
    expect(framesPerSecond).toBe(1_800);
    expect(bitsPerSecond).toBeCloseTo(1_800 * bitsOfFrame(frame), 3);
    expect(load.rates(1_700_000_017_000_000_000n).framesPerSecond).toBe(900);
    expect(load.rates(1_700_000_060_000_000_000n).framesPerSecond).toBe(0);
    expect(load.firstNs).toBe(1_700_000_000_000_000_000n);
    expect(load.lastNs).toBe(1_700_000_011_999_444_444n);
  });

  test("is nothing before the first frame", () => {
    expect(new BusLoad().rates()).toEqual({ framesPerSecond: 0, bitsPerSecond: 0 });
    expect(new BusLoad().lastNs).toBeUndefined();
  });
});
