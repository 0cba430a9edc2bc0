import { createRecordingFrame } from "@firebreak/gateway/sources/can/recording-frame.ts";
import { createRecordingParser } from "@firebreak/gateway/sources/can/recording-parser.ts";
import { expect, test } from "vitest";
import { frameOf } from "../can/can-frame.ts";
import { CandumpText } from "./candump-text.ts";

test("lines are those of candump -L", () => {
  const text = new CandumpText();
  text.append("can0", frameOf("18FEEE00#50FF"), 1_700_000_000_123.456);
  text.append("vcan11", frameOf("70A#05"), 1_700_000_001_000);
  text.append("can0", frameOf("000#"), 5.0004);
  expect(Buffer.from(text.bytes).toString()).toBe(
    "(1700000000.123456) can0 18FEEE00#50FF\n(1700000001.000000) vcan11 70A#05\n(0.005000) can0 000#\n",
  );
});

test("the gateway reads them all, whatever their number", () => {
  const text = new CandumpText();
  const count = 5_000;
  for (let at = 0; at < count; at++)
    text.append("can0", frameOf(`18FEEE00#${at.toString(16).padStart(8, "0")}`), 1e12 + at / 8);
  const parser = createRecordingParser();
  parser.feed(text.bytes);
  const frame = createRecordingFrame();
  let read = 0;
  for (; parser.next(frame); read++) {
    expect(Buffer.from(frame.data.subarray(0, frame.length)).readUInt32BE()).toBe(read);
    expect(frame.stampSeconds * 1e9 + frame.stampNanos).toBeCloseTo((1e12 + read / 8) * 1e6, -4);
  }
  expect(read).toBe(count);
});
