import type { SegmentLog } from "@firebreak/log/segment-log.ts";
import type { MemoryRing } from "./memory-ring.ts";
import type { SpoolIndex } from "./spool-index.ts";

export interface SendableOptions {
  readonly index: SpoolIndex;
  readonly memory: Pick<MemoryRing, "recordOf">;
  readonly log: Pick<SegmentLog, "synced">;
}

/** Which batches may leave: what is on disk, or in memory under an epoch that no disk knows. */
export class Sendable {
  readonly #options: SendableOptions;
  /** Ordinals that were on their way to the disk when it began to fail. */
  readonly #waiting = new Set<number>();
  #end = 0;

  constructor(options: SendableOptions) {
    this.#options = options;
  }

  /** One above the highest ordinal that may be sent, unless it is marked as waiting. */
  get end(): number {
    return this.#end;
  }

  /** Everything there is lies on disk. */
  restart(): void {
    this.#end = this.#options.index.end;
  }

  /** Goes on as far as batches are there; returns the lowest ordinal that no longer waits, if any. */
  advance(): number | undefined {
    const { index } = this.#options;
    const from = this.#release();
    while (this.#end < index.end && this.#isThere(this.#end)) this.#end++;
    return from;
  }

  /** The disk fails: what is not on it waits, and holds up nothing that comes behind it. */
  hold(): void {
    const { index } = this.#options;
    for (let ordinal = this.#end; ordinal < index.end; ordinal++) {
      if (!index.isHeld(ordinal)) continue;
      index.setWaiting(ordinal, true);
      this.#waiting.add(ordinal);
    }
    this.#end = index.end;
  }

  #isThere(ordinal: number): boolean {
    const { index, memory, log } = this.#options;
    if (memory.recordOf(ordinal) !== undefined || !index.isHeld(ordinal)) return true;
    return index.position(ordinal) < log.synced;
  }

  #release(): number | undefined {
    const { index } = this.#options;
    let from: number | undefined;
    for (const ordinal of this.#waiting) {
      if (!this.#isThere(ordinal)) break;
      this.#waiting.delete(ordinal);
      if (!index.isHeld(ordinal)) continue;
      index.setWaiting(ordinal, false);
      from ??= ordinal;
    }
    return from;
  }
}
