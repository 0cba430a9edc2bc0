import type { Writable } from "node:stream";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";

/** Text is passed on in pieces of about this size; one write may be as long as the rest. */
const pieceBytes = 256 * 1024;
const longestWrite = 64 * 1024;

export interface LineOutput {
  /** Takes text of any length; `flush` when `isFull`. */
  write(text: string): void;
  /** True once `flush` is due; more may still be written. */
  readonly isFull: boolean;
  /** False once the reader has gone (`decode big.log | head`), which is no error. */
  readonly isOpen: boolean;
  /**
   * Passes on what was written and waits until it is taken; says whether somebody still reads.
   * @throws CodedError OUTPUT_FAILED (a full disk, for instance)
   */
  flush(): Promise<boolean>;
}

/** Collects text for a stream in one buffer and keeps to the reader's pace, so that memory stays flat. */
export function createLineOutput(stream: Writable): LineOutput {
  const buffer = Buffer.allocUnsafe(pieceBytes + longestWrite);
  /** Texts too long for the buffer, which is not in use while there are any. */
  let long: string[] = [];
  let used = 0;
  let isOpen = true;
  let failure: CodedError | undefined;

  function fail(error: Error): void {
    isOpen = false;
    if (errorCode(error) !== "EPIPE")
      failure = new CodedError("OUTPUT_FAILED", `Cannot write the output: ${error.message}`, {
        cause: error,
      });
  }
  stream.on("error", fail);

  const written = (piece: Buffer | string): Promise<void> =>
    new Promise((resolve) => {
      stream.write(piece, (error) => {
        if (error) fail(error);
        resolve();
      });
    });

  return {
    write(text) {
      // A character is at most 3 bytes of UTF-8.
      if (long.length === 0 && text.length * 3 <= buffer.length - used)
        used += buffer.write(text, used);
      else long.push(text);
    },
    get isFull() {
      return used >= pieceBytes || long.length > 0;
    },
    get isOpen() {
      return isOpen;
    },
    async flush() {
      if (isOpen && used > 0) await written(buffer.subarray(0, used));
      for (const text of long) if (isOpen) await written(text);
      used = 0;
      long = [];
      if (failure) throw failure;
      return isOpen;
    },
  };
}
