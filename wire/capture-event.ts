import assert from "node:assert/strict";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { type CaptureStored, captureFormats } from "./machine-event.ts";

/** What a name of a recording, and of a request for one, is made of: safe in every file system. */
export const captureNamePattern = /^[A-Za-z0-9][A-Za-z0-9.-]{0,119}$/;
export const requestIdPattern = /^[A-Za-z0-9-]{1,64}$/;

/** The most that one event of this kind takes, bytes. */
export const maxCaptureBytes = 1 + 8 + 2 + 121 + 65 + 1 + 8 + 1 + 4 * 8 + 32;

const hashBytes = 32;

/** Appends what comes behind the kind; README.md has the layout. */
export function writeCapture(out: ByteWriter, event: CaptureStored): void {
  assert(captureNamePattern.test(event.name), "the name of a capture is a safe one");
  out.int64(event.timeNs);
  out.byte(event.sa);
  out.byte(captureFormats.indexOf(event.format));
  writeText(out, event.name);
  writeText(out, event.requestId);
  out.byte(event.code?.network ?? 0);
  out.varint(event.code === null ? 0 : event.code.spn + 1);
  out.byte(event.code?.fmi ?? 0);
  const spanNs = Number(event.timeNs - event.firstNs);
  out.varint(Math.min(Math.max(0, spanNs), Number.MAX_SAFE_INTEGER));
  for (const count of [event.records, event.plainBytes, event.storedBytes]) out.varint(count);
  out.append(Buffer.from(event.sha256, "hex"));
}

/** Reads what comes behind kind and time. */
export function readCapture(from: ByteReader, timeNs: bigint): CaptureStored {
  const sa = from.byte();
  const format = captureFormats[from.byte()] ?? from.fail("the format of a capture is unknown");
  const name = readText(from);
  const requestId = readText(from);
  if (!captureNamePattern.test(name)) from.fail("the name of a capture is not a safe one");
  if (requestId !== "" && !requestIdPattern.test(requestId)) from.fail("a request has no valid id");
  const network = from.byte();
  const spn = from.varint() - 1;
  const fmi = from.byte();
  if (spn > 0x7ffff || fmi > 31) from.fail("a capture's trouble code is none");
  return {
    kind: "capture",
    timeNs,
    sa,
    name,
    format,
    code: spn < 0 ? null : { network, spn, fmi },
    requestId,
    firstNs: timeNs - BigInt(from.varint()),
    records: from.varint(),
    plainBytes: from.varint(),
    storedBytes: from.varint(),
    sha256: Buffer.from(from.take(hashBytes)).toString("hex"),
  };
}

function writeText(out: ByteWriter, text: string): void {
  out.byte(text.length);
  out.append(Buffer.from(text, "ascii"));
}

const readText = (from: ByteReader): string =>
  Buffer.from(from.take(from.byte())).toString("latin1");
