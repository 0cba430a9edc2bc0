import { errorCode } from "@firebreak/kit/coded-error.ts";
import type { SegmentLog } from "@firebreak/log/segment-log.ts";
import type { MemoryRing } from "./memory-ring.ts";
import type { Retention } from "./retention.ts";
import type { Sendable } from "./sendable.ts";
import type { SpoolOptions } from "./spool-options.ts";
import type { createSpoolStatus } from "./spool-status.ts";
import type { StateKeeper } from "./state-keeper.ts";

export interface DiskWatchOptions {
  readonly segments: Pick<SegmentLog, "failure" | "unwrittenBytes" | "end">;
  readonly memory: MemoryRing;
  readonly sendable: Pick<Sendable, "hold">;
  readonly figures: Pick<ReturnType<typeof createSpoolStatus>, "onFailing" | "onHealed">;
  readonly retention: Pick<Retention, "onAppended" | "isAtWork">;
  readonly state: Pick<StateKeeper, "healed">;
  /** @throws CodedError LOG_FULL */
  readonly renewEpoch: () => void;
  readonly log: SpoolOptions["log"];
}

/** Lets memory take over from a disk that takes nothing, each time under a numbering of its own, and the other way. */
export class DiskWatch {
  readonly #options: DiskWatchOptions;
  readonly #onRenewed = new Set<() => void>();

  constructor(options: DiskWatchOptions) {
    this.#options = options;
  }

  /** Calls `listener` at every change from the one to the other. */
  onRenewed(listener: () => void): void {
    this.#onRenewed.add(listener);
  }

  /** Call it before each batch. */
  look(): void {
    const { segments, memory, sendable, figures, log } = this.#options;
    const isFailing = segments.failure !== undefined;
    if (memory.isActive && !isFailing && segments.unwrittenBytes === 0) this.#leaveMemory();
    if (memory.isActive || !isFailing) return;
    sendable.hold();
    memory.begin();
    figures.onFailing();
    log.error({ err: segments.failure }, "storage fails, batches stay in memory");
    for (const listener of this.#onRenewed) listener();
  }

  /** A commit has come to its end, well or not. */
  onSynced(synced: number): void {
    const { segments, memory } = this.#options;
    if (memory.isActive && synced === segments.end) this.#leaveMemory();
  }

  #leaveMemory(): void {
    const { memory, figures, retention, state, renewEpoch, log } = this.#options;
    // Room to work in must stay, or nothing could be given up any more.
    if (!memory.moveToDisk(() => !retention.isAtWork)) {
      retention.onAppended();
      return;
    }
    figures.onHealed();
    state.healed();
    log.info("storage works again, what was in memory goes to disk");
    try {
      renewEpoch();
    } catch (error) {
      if (errorCode(error) !== "LOG_FULL") throw error;
    }
    for (const listener of this.#onRenewed) listener();
  }
}
