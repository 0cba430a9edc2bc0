import { closeSync, openSync, writeSync } from "node:fs";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { CanFrame } from "../can/can-frame.ts";
import type { CanOutput } from "./can-output.ts";
import { CandumpText } from "./candump-text.ts";

const pieceBytes = 1024 * 1024;

/**
 * A recording as `candump -L` writes it, which a gateway replays. Written as fast as it comes, with a fixed amount of
 * memory; what was there before is replaced.
 * @throws CodedError CANDUMP_FILE_FAILED from opening, writing and closing
 */
export class CandumpFile implements CanOutput {
  readonly dropped = 0;
  readonly #path: string;
  readonly #text = new CandumpText();
  readonly #file: number;
  frames = 0;

  constructor(path: string) {
    this.#path = path;
    this.#file = this.#guarded(() => openSync(path, "w"));
  }

  write(bus: string, frame: CanFrame, stampMs: number): void {
    this.frames++;
    this.#text.append(bus, frame, stampMs);
    if (this.#text.length >= pieceBytes) this.#writeOut();
  }

  /** Nobody waits for a file: whole pieces are written as they fill. */
  flush(): void {}

  close(): Promise<void> {
    this.#writeOut();
    this.#guarded(() => closeSync(this.#file));
    return Promise.resolve();
  }

  #writeOut(): void {
    const { bytes } = this.#text;
    this.#guarded(() => {
      for (let from = 0; from < bytes.length; )
        from += writeSync(this.#file, bytes, from, bytes.length - from);
    });
    this.#text.clear();
  }

  #guarded<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw cannotWrite(this.#path, error);
    }
  }
}

function cannotWrite(path: string, cause: unknown): CodedError {
  const words = cause instanceof Error ? cause.message : "unknown";
  return new CodedError(
    "CANDUMP_FILE_FAILED",
    `Cannot write the recording ${path}: ${words}. Choose a file in a folder with room that you may write to.`,
    { cause },
  );
}
