import { crc32, inflateRawSync } from "node:zlib";
import { exchangeConfig } from "./exchange-config.ts";
import { badFile, tooLarge } from "./exchange-error.ts";

/** Of a ZIP archive, as its directory at the end says. @see APPNOTE.TXT 6.3.10, 4.3 and 4.4 */
interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  readonly headerAt: number;
}

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;

/**
 * Unpacks an archive within bounds: the sizes in its directory are added up before anything is unpacked, and no entry
 * may unpack to more than it says.
 * @throws ExchangeError EXCHANGE_TOO_LARGE, EXCHANGE_FILE
 */
export function unpackZip(
  bytes: Buffer,
  isWanted: (name: string) => boolean,
  config = exchangeConfig,
): Map<string, Buffer> {
  const entries = readDirectory(bytes, config.maxZipEntries);
  const total = entries.reduce((sum, { unpackedBytes }) => sum + unpackedBytes, 0);
  if (total > config.maxUnpackedBytes)
    throw tooLarge(
      `unpacked, the file is ${total} bytes: at most ${config.maxUnpackedBytes} are read`,
      `文件解压后为 ${total} 字节，最多读取 ${config.maxUnpackedBytes} 字节`,
    );
  const files = new Map<string, Buffer>();
  for (const entry of entries) {
    if (!isWanted(entry.name)) continue;
    if (files.has(entry.name)) throw notZip();
    files.set(entry.name, unpack(bytes, entry));
  }
  return files;
}

const notZip = (cause?: unknown) =>
  badFile(
    "this is not a whole .xlsx file: open it in Excel and save it again",
    "这不是完整的 .xlsx 文件，请用 Excel 打开后重新保存",
    cause,
  );

function readDirectory(bytes: Buffer, maxEntries: number): ZipEntry[] {
  const end = findEnd(bytes);
  const count = bytes.readUInt16LE(end + 10);
  if (count > maxEntries)
    throw tooLarge(`the file has ${count} parts`, `文件包含 ${count} 个部分，数量过多`);
  const entries: ZipEntry[] = [];
  let at = bytes.readUInt32LE(end + 16);
  for (let index = 0; index < count; index++) {
    if (at + 46 > end || bytes.readUInt32LE(at) !== CENTRAL) throw notZip();
    const nameLength = bytes.readUInt16LE(at + 28);
    entries.push({
      name: bytes.toString("utf8", at + 46, at + 46 + nameLength),
      method: bytes.readUInt16LE(at + 10),
      packedBytes: bytes.readUInt32LE(at + 20),
      unpackedBytes: bytes.readUInt32LE(at + 24),
      headerAt: bytes.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return entries;
}

/** The record at the end has a comment of at most 65,535 bytes behind it. */
function findEnd(bytes: Buffer): number {
  for (let at = bytes.length - 22; at >= Math.max(0, bytes.length - 22 - 65_535); at--)
    if (bytes.readUInt32LE(at) === END) return at;
  throw notZip();
}

function unpack(bytes: Buffer, entry: ZipEntry): Buffer {
  const { headerAt, packedBytes, unpackedBytes, method } = entry;
  if (headerAt + 30 > bytes.length || bytes.readUInt32LE(headerAt) !== LOCAL) throw notZip();
  const from =
    headerAt + 30 + bytes.readUInt16LE(headerAt + 26) + bytes.readUInt16LE(headerAt + 28);
  const packed = bytes.subarray(from, from + packedBytes);
  if (packed.length !== packedBytes) throw notZip();
  if (method === STORED && packedBytes === unpackedBytes) return packed;
  if (method !== DEFLATED) throw notZip();
  try {
    // An output of no bytes is not allowed as a limit.
    const unpacked = inflateRawSync(packed, { maxOutputLength: Math.max(1, unpackedBytes) });
    if (unpacked.length !== unpackedBytes) throw notZip();
    return unpacked;
  } catch (cause) {
    throw notZip(cause);
  }
}

/** An archive of files that are not packed: what a reader behind us gets, holding nothing that was not checked. */
export function storeZip(files: ReadonlyMap<string, Buffer>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of files) {
    const nameBytes = Buffer.from(name, "utf8");
    const sizes = Buffer.alloc(22);
    sizes.writeUInt16LE(20, 0);
    sizes.writeUInt32LE(crc32(content), 10);
    sizes.writeUInt32LE(content.length, 14);
    sizes.writeUInt32LE(content.length, 18);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(LOCAL, 0);
    sizes.copy(local, 4);
    local.writeUInt16LE(nameBytes.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(CENTRAL, 0);
    central.writeUInt16LE(20, 4);
    sizes.copy(central, 6);
    central.writeUInt16LE(nameBytes.length, 28);
    central.writeUInt32LE(at, 42);
    parts.push(local, nameBytes, content);
    directory.push(central, nameBytes);
    at += local.length + nameBytes.length + content.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(END, 0);
  end.writeUInt16LE(files.size, 8);
  end.writeUInt16LE(files.size, 10);
  end.writeUInt32LE(
    directory.reduce((sum, part) => sum + part.length, 0),
    12,
  );
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, ...directory, end]);
}
