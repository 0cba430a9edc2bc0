import { CodedError } from "@firebreak/kit/coded-error.ts";
import { orientationOf, orientationSegment } from "./exif-orientation.ts";
import type { MediaMime } from "./media-type.ts";

/**
 * A photo without what it tells of place, owner and device: only what is needed to show it stays, with the way up. What
 * lies behind the end of the picture (thumbnails with tags of their own, short films) goes too. Pure.
 * @throws CodedError MEDIA_DAMAGED when the file ends too early or is none of its kind
 */
export function stripPhoto(bytes: Uint8Array, mime: MediaMime): Uint8Array {
  if (mime === "image/jpeg") return stripJpeg(bytes);
  if (mime === "image/png") return stripPng(bytes);
  return mime === "image/webp" ? stripWebp(bytes) : bytes;
}

const damaged = (why: string) =>
  new CodedError("MEDIA_DAMAGED", `the picture is damaged (${why}); take or send it again`);

const viewOf = ({ buffer, byteOffset, byteLength }: Uint8Array) =>
  new DataView(buffer, byteOffset, byteLength);

const isProfile = (segment: Uint8Array): boolean =>
  Buffer.from(segment.subarray(4, 15)).toString("latin1") === "ICC_PROFILE";

/** Frame header, tables, colour: JFIF (E0), colour profile (E2) and Adobe's colour transform (EE) are needed to show it. */
const isShown = (marker: number, segment: Uint8Array): boolean =>
  marker === 0xe2
    ? isProfile(segment)
    : marker === 0xe0 || marker === 0xee || !((marker & 0xf0) === 0xe0 || marker === 0xfe);

/** @see ITU-T T.81 annex B */
function stripJpeg(bytes: Uint8Array): Uint8Array {
  const view = viewOf(bytes);
  const kept: Uint8Array[] = [];
  let orientation = 1;
  let at = 2;
  for (;;) {
    if (at + 2 > bytes.length) throw damaged("it ends too early");
    if (view.getUint8(at) !== 0xff) throw damaged("no marker where one must be");
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === 0xd9) break;
    if (at + 4 > bytes.length) throw damaged("it ends too early");
    const end = at + 2 + view.getUint16(at + 2);
    if (end > bytes.length || end < at + 4) throw damaged("a segment is longer than the file");
    const segment = bytes.subarray(at, end);
    if (marker === 0xe1) orientation = orientationOf(segment) ?? orientation;
    const next = marker === 0xda ? endOfScan(bytes, end) : end;
    if (isShown(marker, segment)) kept.push(bytes.subarray(at, next));
    at = next;
  }
  const head = kept[0]?.[1] === 0xe0 ? kept.splice(0, 1) : [];
  const upright = orientation === 1 ? [] : [orientationSegment(orientation)];
  const start = Uint8Array.of(0xff, 0xd8);
  return Buffer.concat([start, ...head, ...upright, ...kept, Uint8Array.of(0xff, 0xd9)]);
}

/** Behind the coded data of a scan: the next marker that is neither a stuffed byte nor a restart. */
function endOfScan(bytes: Uint8Array, from: number): number {
  for (let at = from; ; at++) {
    at = bytes.indexOf(0xff, at);
    const marker = at === -1 ? undefined : bytes[at + 1];
    if (marker === undefined) throw damaged("it ends too early");
    if (marker !== 0 && marker !== 0xff && (marker & 0xf8) !== 0xd0) return at;
  }
}

const pngPrivate = new Set(["eXIf", "tEXt", "zTXt", "iTXt", "tIME"]);

/** @see PNG specification, third edition, §5.3 */
function stripPng(bytes: Uint8Array): Uint8Array {
  const view = viewOf(bytes);
  const kept = [bytes.subarray(0, 8)];
  for (let at = 8; ; ) {
    if (at + 12 > bytes.length) throw damaged("it ends too early");
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) throw damaged("a chunk is longer than the file");
    const name = Buffer.from(bytes.subarray(at + 4, at + 8)).toString("latin1");
    if (!pngPrivate.has(name)) kept.push(bytes.subarray(at, end));
    if (name === "IEND") return Buffer.concat(kept);
    at = end;
  }
}

const webpPrivate = new Set(["EXIF", "XMP "]);
const webpFlags = 0x0c;

/** @see RFC 9649 §2.7 */
function stripWebp(bytes: Uint8Array): Uint8Array {
  const view = viewOf(bytes);
  if (bytes.length < 20) throw damaged("it ends too early");
  const size = 8 + view.getUint32(4, true);
  if (size > bytes.length || size < 20) throw damaged("it ends too early");
  const kept: Uint8Array[] = [];
  for (let at = 12; at + 8 <= size; ) {
    const length = view.getUint32(at + 4, true);
    const end = at + 8 + length + (length & 1);
    if (at + 8 + length > size) throw damaged("a chunk is longer than the file");
    const chunk = Uint8Array.from(bytes.subarray(at, end));
    const name = Buffer.from(chunk.subarray(0, 4)).toString("latin1");
    if (name === "VP8X") chunk[8] = (chunk[8] ?? 0) & ~webpFlags;
    if (!webpPrivate.has(name)) kept.push(chunk);
    at = end;
  }
  const body = Buffer.concat(kept);
  const head = Buffer.alloc(12);
  head.write("RIFF", 0, "latin1");
  head.writeUInt32LE(body.length + 4, 4);
  head.write("WEBP", 8, "latin1");
  return Buffer.concat([head, body]);
}
