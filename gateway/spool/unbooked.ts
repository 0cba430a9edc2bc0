import type { LossReason } from "@firebreak/wire/batch.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import type { SpoolContent } from "./spool-options.ts";

/** Samples of one machine that did not get into the log. */
export interface UnbookedLoss {
  readonly machineId: string;
  readonly dictionary: SignalDictionary;
  readonly reason: LossReason;
  readonly samples: number;
}

/** What did not get into the log, to be told by a tombstone as soon as there is room. */
export class Unbooked {
  #losses: UnbookedLoss[] = [];

  get isEmpty(): boolean {
    return this.#losses.length === 0;
  }

  add({ machineId, dictionary, samples }: SpoolContent, reason: LossReason): void {
    const isSame = (loss: UnbookedLoss) => loss.machineId === machineId && loss.reason === reason;
    const before = this.#losses.find(isSame)?.samples ?? 0;
    const loss = { machineId, dictionary, reason, samples: before + samples.length };
    this.#losses = [...this.#losses.filter((one) => !isSame(one)), loss];
  }

  /** Lets `book` write each; what finds no room stays. */
  book(book: (loss: UnbookedLoss) => boolean): void {
    if (!this.isEmpty) this.#losses = this.#losses.filter((loss) => !book(loss));
  }
}

/** The samples were counted as produced when they were lost. */
export const tombstoneOf = (
  { machineId, dictionary, reason, samples }: UnbookedLoss,
  nowMs: number,
) => ({
  machineId,
  dictionary,
  lane: "live" as const,
  samples: new SampleColumns(BigInt(Math.floor(nowMs)) * 1_000_000n, 1),
  events: [],
  suppressed: 0,
  counts: { produced: 0, suppressed: 0 },
  tombstone: { reason, samples },
});
