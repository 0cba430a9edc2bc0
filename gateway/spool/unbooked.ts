import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import type { SpoolContent } from "./spool-options.ts";

/** Samples that found no room, to be told by a tombstone as soon as there is some. */
export class Unbooked {
  readonly #lost = new Map<string, { dictionary: SignalDictionary; samples: number }>();

  get isEmpty(): boolean {
    return this.#lost.size === 0;
  }
  get machines(): readonly string[] {
    return [...this.#lost.keys()];
  }

  add({ machineId, dictionary, samples }: SpoolContent): void {
    const before = this.#lost.get(machineId)?.samples ?? 0;
    this.#lost.set(machineId, { dictionary, samples: before + samples.length });
  }

  /** The tombstone of a machine; the samples were counted as produced when they were lost. */
  tombstoneOf(machineId: string, nowMs: number) {
    const lost = this.#lost.get(machineId);
    if (lost === undefined) return undefined;
    return {
      machineId,
      dictionary: lost.dictionary,
      lane: "live" as const,
      samples: new SampleColumns(BigInt(Math.floor(nowMs)) * 1_000_000n, 1),
      events: [],
      suppressed: 0,
      counts: { produced: 0, suppressed: 0 },
      tombstone: { reason: "spool-full" as const, samples: lost.samples },
    };
  }

  forget(machineId: string): void {
    this.#lost.delete(machineId);
  }
}
