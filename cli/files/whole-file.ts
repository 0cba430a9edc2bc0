import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { finished } from "node:stream/promises";
import { CodedError } from "@firebreak/kit/coded-error.ts";

export interface WholeFile {
  /** Waits where the disk is slower. @throws CodedError OUTPUT_FAILED */
  write(text: string): Promise<void>;
  /** The file is there, whole. @throws CodedError OUTPUT_FAILED */
  finish(): Promise<void>;
  /** Nothing is left of it, unless it is finished. */
  discard(): Promise<void>;
}

/** A file that appears when it is whole, in place of one that was there: a failed run leaves nothing half done. */
export function createWholeFile(path: string): WholeFile {
  const part = `${path}.${process.pid}.part`;
  const stream = createWriteStream(part);
  const ended = finished(stream);
  ended.catch(() => undefined);
  const failed = (cause: unknown) =>
    new CodedError(
      "OUTPUT_FAILED",
      `Cannot write ${path}: ${cause instanceof Error ? cause.message : String(cause)}.`,
      { cause },
    );
  const written = (text: string): Promise<void> =>
    new Promise((resolve, reject) =>
      stream.write(text, (error) => (error ? reject(error) : resolve())),
    );

  return {
    write: (text) =>
      written(text).catch((error: unknown) => {
        throw failed(error);
      }),
    async finish() {
      try {
        stream.end();
        await ended;
        await rename(part, path);
      } catch (error) {
        throw failed(error);
      }
    },
    async discard() {
      stream.destroy();
      await ended.catch(() => undefined);
      await rm(part, { force: true });
    },
  };
}
