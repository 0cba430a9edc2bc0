import type { SegmentLog } from "@firebreak/log/segment-log.ts";
import type { SpoolIndex } from "./spool-index.ts";

/** A source that can wait does so while more than this waits for the disk. */
const maxUnwritten = 8 * 1024 * 1024;

export interface RoomGateOptions {
  readonly index: Pick<SpoolIndex, "pendingBytes">;
  readonly log: Pick<SegmentLog, "unwrittenBytes">;
  /** Of the spool. */
  readonly maxBytes: number;
}

/** Holds up whoever can wait while too much waits for the hub or for the disk. */
export class RoomGate {
  readonly #options: RoomGateOptions;
  readonly #waiting = new Set<() => void>();

  constructor(options: RoomGateOptions) {
    this.#options = options;
  }

  /** Resolves at once while there is room, else when there is again. */
  whenRoom(): Promise<void> {
    return this.#hasRoom ? Promise.resolve() : new Promise((resolve) => this.#waiting.add(resolve));
  }

  /** There may be more room than before. */
  look(): void {
    if (!this.#hasRoom) return;
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  get #hasRoom(): boolean {
    const { index, log, maxBytes } = this.#options;
    return index.pendingBytes < maxBytes / 2 && log.unwrittenBytes < maxUnwritten;
  }
}
