import { type FileHandle, open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";

const chunkBytes = 256 * 1024;
/** Longer ones are no text file of lines. Engineering default. */
const longestLineBytes = 64 * 1024 * 1024;

export interface Line {
  /** Counted from 1. */
  readonly number: number;
  /** Without its line end, and without a byte order mark. */
  readonly text: string;
}

export interface LineSource {
  readonly path: string;
  /** Bytes read of the file so far, and in all. */
  readonly readBytes: number;
  readonly totalBytes: number;
  /**
   * The lines, in order; never more of the file in memory than its longest line and 1 MiB.
   * @throws CodedError INPUT_UNREADABLE, INPUT_DAMAGED (gzip cut short or broken), INPUT_NOT_TEXT; none retryable
   */
  lines(): AsyncGenerator<Line, void, undefined>;
}

/**
 * Opens a text file of UTF-8 lines, gzipped or not; its first bytes tell, not its name.
 * @throws CodedError INPUT_UNREADABLE
 */
export async function openLines(path: string): Promise<LineSource> {
  const file = await openFile(path);
  const { size } = await file.stat();
  let readBytes = 0;
  async function* chunks(): AsyncGenerator<Buffer> {
    for await (const chunk of file.createReadStream({ highWaterMark: chunkBytes, start: 0 })) {
      readBytes += chunk.length;
      yield chunk;
    }
  }
  return {
    path,
    get readBytes() {
      return readBytes;
    },
    totalBytes: size,
    lines: async function* () {
      const magic = Buffer.alloc(2);
      const isGzip =
        (await file.read(magic, 0, 2, 0)).bytesRead === 2 && magic.readUInt16BE() === 0x1f8b;
      yield* split(path, isGzip ? unzipped(chunks) : chunks());
    },
  };
}

async function openFile(path: string): Promise<FileHandle> {
  const refused = (why: string, cause?: unknown) =>
    new CodedError("INPUT_UNREADABLE", `Cannot read ${path}: ${why}.`, { cause });
  const file = await open(path).catch((error: unknown) => {
    if (errorCode(error) === "ENOENT") throw refused("there is no such file", error);
    throw refused(error instanceof Error ? error.message : String(error), error);
  });
  if (!(await file.stat()).isDirectory()) return file;
  await file.close();
  throw refused("it is a folder");
}

async function* unzipped(chunks: () => AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  // Its error comes out of the loop below as well.
  const feeding = pipeline(chunks, gunzip).catch(() => undefined);
  try {
    for await (const chunk of gunzip) yield chunk;
  } finally {
    gunzip.destroy();
    await feeding;
  }
}

async function* split(
  path: string,
  chunks: AsyncGenerator<Buffer>,
): AsyncGenerator<Line, void, undefined> {
  let number = 0;
  let rest: Buffer = Buffer.alloc(0);
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const lineOf = (bytes: Buffer): Line => {
    number++;
    const text = decoder.decode(bytes).replace(/\r$/, "");
    return { number, text: number === 1 ? text.replace(/^\uFEFF/, "") : text };
  };
  try {
    for await (const chunk of chunks) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let from = 0;
      for (let to = rest.indexOf(10); to >= 0; to = rest.indexOf(10, from)) {
        yield lineOf(rest.subarray(from, to));
        from = to + 1;
      }
      rest = rest.subarray(from);
      if (rest.length > longestLineBytes)
        throw notText(path, number + 1, `it is longer than ${longestLineBytes} bytes`);
    }
    if (rest.length > 0) yield lineOf(rest);
  } catch (error) {
    throw explained(error, path, number);
  }
}

const notText = (path: string, line: number, why: string, cause?: unknown) =>
  new CodedError("INPUT_NOT_TEXT", `${path}:${line}: this is no line of UTF-8 text: ${why}.`, {
    cause,
  });

function explained(error: unknown, path: string, line: number): unknown {
  const code = errorCode(error);
  if (code === "ERR_ENCODING_INVALID_ENCODED_DATA")
    return notText(path, line, "bytes that are no character", error);
  if (!code.startsWith("Z_") && code !== "ERR_STREAM_PREMATURE_CLOSE") return error;
  const why = error instanceof Error ? error.message : code;
  return new CodedError(
    "INPUT_DAMAGED",
    `${path}:${line + 1}: the gzip file is damaged from here on (${why}). Fetch or make it again.`,
    { cause: error },
  );
}
