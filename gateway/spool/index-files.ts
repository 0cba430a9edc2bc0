import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { makeFolderIfPossible, writeFileDurably } from "@firebreak/kit/files.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import { type ReadableLog, unknownDictionary } from "./index-log.ts";
import type { SpoolBooks } from "./spool-books.ts";
import { decodeSpoolRecord } from "./spool-record.ts";

/** What a file says of itself, before its rows. Its numbers for epochs and so on count in its own lists. */
interface FileHead {
  readonly version: 1;
  /** The stretch of the log it indexes. */
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  readonly epochs: readonly string[];
  readonly machines: readonly string[];
  readonly dictionaries: readonly string[];
}

const name = /^\d{16}\.idx$/;
/** position and number as doubles, bytes, epoch, machine, dictionary, lane and kind */
const rowBytes = 8 + 8 + 4 + 2 + 2 + 2 + 1;
const alarmBit = 1;
const tombstoneBit = 2;

/**
 * The index of stretches of the log that will not change any more, so that a start need not read a gigabyte. They may
 * be deleted at any time: what they do not say is read from the log again.
 */
export class IndexFiles {
  readonly #folder: string;
  readonly #log: Logger;
  /** Up to here the log is indexed. */
  #indexedTo = 0;

  constructor(folder: string, log: Logger) {
    this.#folder = folder;
    this.#log = log;
    makeFolderIfPossible(folder);
  }

  get indexedTo(): number {
    return this.#indexedTo;
  }

  /** Fills the books from the files that fit the log; returns the position from which the log must be read. */
  load(log: ReadableLog, books: SpoolBooks): number {
    let at = log.oldest;
    for (const file of this.#list()) {
      const path = join(this.#folder, file);
      const read = readIndexFile(readFileSync(path));
      const fits =
        read !== undefined &&
        read.head.from <= at &&
        read.head.to > at &&
        read.head.to <= log.end &&
        isOfLog(read, log);
      if (fits) {
        addRows(read, books, at);
        at = read.head.to;
      } else this.#drop(path);
    }
    this.#indexedTo = at;
    return at;
  }

  /** Writes down the index of the log up to `to`, which lies on disk, and drops files of what was trimmed. */
  write(books: SpoolBooks, to: number, oldest: number): void {
    if (to <= this.#indexedTo) return;
    const path = join(this.#folder, `${String(to).padStart(16, "0")}.idx`);
    try {
      writeFileDurably(path, encodeIndexFile(books, this.#indexedTo, to));
    } catch (err) {
      // It only makes the next start slower, and the next stretch is longer.
      this.#log.warn({ err }, "index of the spool could not be written");
      return;
    }
    this.#indexedTo = to;
    for (const file of this.#list())
      if (Number.parseInt(file, 10) <= oldest) this.#drop(join(this.#folder, file));
  }

  /** One that stays is found not to fit again at the next start. */
  #drop(path: string): void {
    try {
      rmSync(path, { force: true });
    } catch (err) {
      this.#log.warn({ err, path }, "index file of the spool could not be removed");
    }
  }

  /** Named by where they end, so ascending by name is ascending by position. */
  #list(): string[] {
    if (!existsSync(this.#folder)) return [];
    return readdirSync(this.#folder)
      .filter((file) => name.test(file))
      .sort();
  }
}

interface IndexFile {
  readonly head: FileHead;
  readonly rows: Buffer;
}

function encodeIndexFile(books: SpoolBooks, from: number, to: number): Buffer {
  const { index } = books;
  const ordinals: number[] = [];
  for (let ordinal = index.first; ordinal < index.end; ordinal++) {
    const position = index.position(ordinal);
    if (position >= from && position < to && index.isHeld(ordinal)) ordinals.push(ordinal);
  }
  const head: FileHead = {
    version: 1,
    from,
    to,
    rows: ordinals.length,
    epochs: books.epochs.map((book) => book?.epoch ?? ""),
    machines: books.machines,
    dictionaries: books.dictionaries.map(({ hash }) => hash),
  };
  const json = Buffer.from(JSON.stringify(head));
  const bytes = Buffer.alloc(4 + json.length + ordinals.length * rowBytes + 4);
  bytes.writeUInt32LE(json.length);
  json.copy(bytes, 4);
  let at = 4 + json.length;
  for (const ordinal of ordinals) {
    bytes.writeDoubleLE(index.position(ordinal), at);
    bytes.writeDoubleLE(index.number(ordinal), at + 8);
    bytes.writeUInt32LE(index.bytes(ordinal), at + 16);
    bytes.writeUInt16LE(index.epoch(ordinal), at + 20);
    bytes.writeUInt16LE(index.machine(ordinal), at + 22);
    bytes.writeUInt16LE(index.dictionary(ordinal), at + 24);
    const flags =
      (index.isAlarm(ordinal) ? alarmBit : 0) | (index.isTombstone(ordinal) ? tombstoneBit : 0);
    bytes.writeUInt8(flags, at + 26);
    at += rowBytes;
  }
  bytes.writeUInt32LE(crc32(bytes.subarray(0, at)), at);
  return bytes;
}

/** Undefined for a damaged file, or one of another format. */
function readIndexFile(bytes: Buffer): IndexFile | undefined {
  const end = bytes.length - 4;
  if (end < 4 || crc32(bytes.subarray(0, end)) !== bytes.readUInt32LE(end)) return undefined;
  const rowsAt = 4 + bytes.readUInt32LE(0);
  const head = JSON.parse(bytes.toString("utf8", 4, rowsAt)) as FileHead;
  const isWhole = head.version === 1 && rowsAt + head.rows * rowBytes === end;
  return isWhole ? { head, rows: bytes.subarray(rowsAt, end) } : undefined;
}

/** A log that was replaced has other records at the same positions: the first that is still there is compared. */
function isOfLog({ head, rows }: IndexFile, log: ReadableLog): boolean {
  for (let at = 0; at < rows.length; at += rowBytes) {
    const position = rows.readDoubleLE(at);
    if (position < log.oldest) continue;
    const [found] = log.read(position, rows.readUInt32LE(at + 16)).records;
    if (found?.position !== position) return false;
    const record = decodeSpoolRecord(found.payload);
    return (
      record.kind === "batch" && record.machineId === head.machines[rows.readUInt16LE(at + 22)]
    );
  }
  return true;
}

function addRows({ head, rows }: IndexFile, books: SpoolBooks, from: number): void {
  // Epochs and machines that no row names are not brought back.
  const epochs: (number | undefined)[] = [];
  const machines: (number | undefined)[] = [];
  const dictionaries = head.dictionaries.map((hash) => books.dictionaryNumber(hash));
  for (let at = 0; at < rows.length; at += rowBytes) {
    const position = rows.readDoubleLE(at);
    if (position < from) continue;
    const number = rows.readDoubleLE(at + 8);
    const ownEpoch = rows.readUInt16LE(at + 20);
    const ownMachine = rows.readUInt16LE(at + 22);
    const flags = rows.readUInt8(at + 26);
    const epoch = epochs[ownEpoch] ?? books.epochNumber(head.epochs[ownEpoch] ?? "");
    epochs[ownEpoch] = epoch;
    const machine = machines[ownMachine] ?? books.machineNumber(head.machines[ownMachine] ?? "");
    machines[ownMachine] = machine;
    books.addBatch({
      position,
      bytes: rows.readUInt32LE(at + 16),
      epoch,
      machine,
      dictionary: dictionaries[rows.readUInt16LE(at + 24)] ?? unknownDictionary,
      number,
      isAlarm: (flags & alarmBit) !== 0,
      isTombstone: (flags & tombstoneBit) !== 0,
    });
  }
}
