import assert from "node:assert/strict";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { packDtc, unpackDtc } from "./dtc-word.ts";
import { type DtcFreezeFrame, freezeFrameValues } from "./machine-event.ts";

/** Of the maker's own, bytes. */
const maxExtraBytes = 243;

/** The most that one event of this kind takes, bytes. */
export const maxFreezeFrameBytes =
  1 + 8 + 2 + 4 + 1 + 8 * freezeFrameValues.length + 1 + maxExtraBytes;

/** Appends what comes behind the kind; README.md has the layout. */
export function writeFreezeFrame(out: ByteWriter, event: DtcFreezeFrame): void {
  const { timeNs, network = 0, sa, dtc, values, extra } = event;
  assert(network >= 0 && network <= 0xff, "a network is a byte");
  out.int64(timeNs);
  out.byte(network);
  out.byte(sa);
  out.uint32(packDtc(dtc));
  const there = freezeFrameValues.map((name) => values[name]);
  out.byte(there.reduce<number>((bits, value, at) => bits | (value === null ? 0 : 1 << at), 0));
  for (const value of there) if (value !== null) out.float64(value);
  const bytes = Buffer.from(extra, "hex");
  assert(bytes.length <= maxExtraBytes, "at most 243 bytes of the maker's own");
  out.byte(bytes.length);
  out.append(bytes);
}

/** Reads what comes behind kind and time. */
export function readFreezeFrame(from: ByteReader, timeNs: bigint): DtcFreezeFrame {
  const network = from.byte();
  const sa = from.byte();
  const dtc = unpackDtc(from.uint32());
  const there = from.byte();
  if (there >>> freezeFrameValues.length !== 0) from.fail("a freeze frame has an unknown value");
  const read = (at: number): number | null => {
    if (((there >>> at) & 1) === 0) return null;
    const value = from.float64();
    return Number.isFinite(value) ? value : from.fail("a value of a freeze frame is no number");
  };
  // In the order of `freezeFrameValues`, as they were written.
  const values = {
    boostKpa: read(0),
    engineSpeedRpm: read(1),
    engineLoadPercent: read(2),
    coolantTemperatureC: read(3),
    vehicleSpeedKmh: read(4),
  };
  const length = from.byte();
  if (length > maxExtraBytes) from.fail("a freeze frame is too long");
  const extra = Buffer.from(from.take(length)).toString("hex");
  const place = { ...(network === 0 ? {} : { network }), sa };
  return { kind: "freeze-frame", timeNs, ...place, dtc, values, extra };
}
