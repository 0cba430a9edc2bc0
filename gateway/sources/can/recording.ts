import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import type { RecordingFrame } from "./recording-frame.ts";
import { createRecordingParser, type RecordingParserOptions } from "./recording-parser.ts";

const chunkBytes = 1024 * 1024;

/** An open recording; read it with `while (await recording.fill()) while (recording.next(frame)) …`. */
export interface Recording {
  /** Reads the next piece of the file; false at its end. Call it only after `next` said false. */
  fill(): Promise<boolean>;
  /** Fills `frame` with the next frame of the piece at hand; false when it is used up. */
  next(frame: RecordingFrame): boolean;
  /** Bytes read so far and in all; 0 in all where that is not known (a pipe). */
  readonly readBytes: number;
  readonly totalBytes: number;
  readonly parser: ReturnType<typeof createRecordingParser>;
  close(): Promise<void>;
}

/**
 * Opens a recording of any size (`-` reads stdin) and never holds more than 1 MiB of it.
 * @throws CodedError RECORDING_NOT_FOUND, RECORDING_UNREADABLE (neither retryable)
 */
export async function openRecording(
  path: string,
  options: RecordingParserOptions = {},
): Promise<Recording> {
  const parser = createRecordingParser(options);
  return path === "-" ? fromStdin(parser) : fromFile(path, parser);
}

async function fromFile(path: string, parser: Recording["parser"]): Promise<Recording> {
  let file: FileHandle;
  let totalBytes: number;
  try {
    file = await open(path);
    const stat = await file.stat();
    if (stat.isDirectory())
      throw new CodedError("RECORDING_UNREADABLE", `${path} is a folder, not a recording.`);
    totalBytes = stat.size;
  } catch (error) {
    throw openError(path, error);
  }
  const chunk = Buffer.allocUnsafe(chunkBytes);
  let readBytes = 0;
  let ended = false;
  return {
    parser,
    totalBytes,
    get readBytes() {
      return readBytes;
    },
    async fill() {
      if (ended) return false;
      const { bytesRead } = await file.read(chunk, 0, chunkBytes).catch((error: unknown) => {
        throw openError(path, error);
      });
      readBytes += bytesRead;
      if (bytesRead > 0) parser.feed(chunk.subarray(0, bytesRead));
      else {
        ended = true;
        parser.end();
      }
      return true;
    },
    next: parser.next,
    close: () => file.close(),
  };
}

function fromStdin(parser: Recording["parser"]): Recording {
  const stream = createReadStream("", { fd: 0, highWaterMark: chunkBytes, autoClose: false });
  const chunks = stream[Symbol.asyncIterator]();
  let readBytes = 0;
  let ended = false;
  return {
    parser,
    totalBytes: 0,
    get readBytes() {
      return readBytes;
    },
    async fill() {
      if (ended) return false;
      const { value, done } = await chunks.next().catch((error: unknown) => {
        throw openError("stdin", error);
      });
      if (done) {
        ended = true;
        parser.end();
      } else {
        readBytes += value.length;
        parser.feed(value);
      }
      return true;
    },
    next: parser.next,
    async close() {
      stream.destroy();
    },
  };
}

function openError(path: string, error: unknown): CodedError {
  if (error instanceof CodedError) return error;
  const code = errorCode(error);
  if (code === "ENOENT")
    return new CodedError("RECORDING_NOT_FOUND", `There is no file ${path}.`, { cause: error });
  const why = code === "EACCES" ? "no permission" : code;
  return new CodedError("RECORDING_UNREADABLE", `Cannot read ${path}: ${why}.`, { cause: error });
}
