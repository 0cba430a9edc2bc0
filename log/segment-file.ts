import { closeSync, openSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import { logError } from "./log-error.ts";
import { readFully } from "./read-segment.ts";

/** Bytes before the first frame. */
export const HEADER_BYTES = 64;
/** Version 1. Magic, version (bytes 8-9) and checksum (last four of the 64) stay where they are in every version. */
const FORMAT_VERSION = 1;

const MAGIC = Buffer.from("FBSEGLOG", "latin1");
const NAME = /^(\d{16})-([0-9a-f]{8})\.seg$/;

/** What the file's name says. The name is what counts; the header is read only for what the name does not hold. */
export interface SegmentName {
  readonly base: number;
  readonly salt: number;
}

export interface SegmentHeader extends SegmentName {
  /** Sequence of the first record; undefined in a damaged header. */
  readonly firstSequence: number | undefined;
  /** How far beyond what is on disk its writer may have given positions away; undefined in a damaged header. */
  readonly reserve: number | undefined;
}

/** One segment file as found in a folder. */
export interface FoundSegment extends SegmentHeader {
  readonly path: string;
  /** Bytes after the header, blank preallocated ones included. */
  readonly bodyBytes: number;
}

export function segmentFileName({ base, salt }: SegmentName): string {
  return `${String(base).padStart(16, "0")}-${salt.toString(16).padStart(8, "0")}.seg`;
}

function parseSegmentName(name: string): SegmentName | undefined {
  const [, base, salt] = NAME.exec(name) ?? [];
  if (base === undefined || salt === undefined) return undefined;
  return Number.isSafeInteger(Number(base))
    ? { base: Number(base), salt: Number.parseInt(salt, 16) }
    : undefined;
}

export function encodeHeader(header: Required<SegmentHeader>): Buffer {
  const bytes = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(bytes);
  bytes.writeUInt16LE(FORMAT_VERSION, 8);
  bytes.writeUInt32LE(header.salt, 12);
  bytes.writeBigUInt64LE(BigInt(header.base), 16);
  bytes.writeUInt32LE(header.firstSequence ?? 0, 24);
  bytes.writeBigUInt64LE(BigInt(header.reserve ?? 0), 32);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, HEADER_BYTES - 4)), HEADER_BYTES - 4);
  return bytes;
}

/**
 * Reads a header; a damaged one costs nothing but its two counts, because the name holds what reading needs.
 * @throws CodedError LOG_VERSION_UNSUPPORTED when the header is whole and of a later format.
 */
function decodeHeader(bytes: Buffer, name: SegmentName): SegmentHeader {
  const damaged = { ...name, firstSequence: undefined, reserve: undefined };
  if (bytes.length < HEADER_BYTES || !bytes.subarray(0, 8).equals(MAGIC)) return damaged;
  const sum = crc32(bytes.subarray(0, HEADER_BYTES - 4));
  if (sum !== bytes.readUInt32LE(HEADER_BYTES - 4)) return damaged;
  const version = bytes.readUInt16LE(8);
  if (version > FORMAT_VERSION)
    throw logError(
      "LOG_VERSION_UNSUPPORTED",
      `segment ${segmentFileName(name)} has format ${version}, this program knows up to ${FORMAT_VERSION}`,
    );
  const reserve = Number(bytes.readBigUInt64LE(32));
  return { ...name, firstSequence: bytes.readUInt32LE(24), reserve };
}

/**
 * The segments of a folder, by position. Files deleted while looking are left out; `known` are not opened again.
 * @throws CodedError LOG_VERSION_UNSUPPORTED
 */
export function findSegments(
  folder: string,
  known?: ReadonlyMap<string, FoundSegment>,
): FoundSegment[] {
  const found: FoundSegment[] = [];
  for (const name of namesIn(folder)) {
    const parsed = parseSegmentName(name);
    if (!parsed) continue;
    const path = join(folder, name);
    const segment = known?.get(path) ?? readSegment(path, parsed);
    if (segment) found.push(segment);
  }
  // A life that wrote nothing leaves an empty one where the next life begins: it comes first, whatever its salt.
  return found.sort((a, b) => a.base - b.base || a.bodyBytes - b.bodyBytes);
}

/** A folder that could not be made yet is empty. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  }
}

function readSegment(path: string, name: SegmentName): FoundSegment | undefined {
  try {
    const bodyBytes = Math.max(0, statSync(path).size - HEADER_BYTES);
    return { ...decodeHeader(readHeader(path), name), path, bodyBytes };
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

function readHeader(path: string): Buffer {
  const file = openSync(path, "r");
  try {
    return readFully(file, HEADER_BYTES, 0);
  } finally {
    closeSync(file);
  }
}
