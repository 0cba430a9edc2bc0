import type { BatchHeader } from "@firebreak/wire/batch.ts";
import { decodeBatch, encodeBatch } from "@firebreak/wire/batch-block.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";

/** Of each signal one sample in so long is kept when a full spool is thinned for the first time. */
const keptEveryNs = 60_000_000_000n;

export interface ThinnedBatch {
  readonly block: Uint8Array;
  /** Samples given up by this step. */
  readonly lost: number;
}

/**
 * Gives up samples of batches that were never sent: first all but one a minute of each signal, the second time all but
 * counters, which stay for ever. The oldest come first, so each signal needs only its last kept stamp.
 */
export class Thinner {
  readonly #gatewayId: string;
  readonly #keptNs = new Map<string, bigint>();

  constructor(gatewayId: string) {
    this.#gatewayId = gatewayId;
  }

  /** Undefined if nothing more can be given up. Without its dictionary a batch is given up as a whole. */
  thin(
    { machineId, block }: { readonly machineId: string; readonly block: Uint8Array },
    header: BatchHeader,
    dictionary: SignalDictionary | undefined,
  ): ThinnedBatch | undefined {
    if (header.tombstone && header.sampleCount === 0) return undefined;
    const kept = new SampleColumns(header.baseNs, Math.max(1, header.sampleCount));
    if (dictionary) this.#keep(decodeBatch(block, dictionary).samples, kept, header, dictionary);
    const lost = header.sampleCount - kept.length;
    if (lost === 0 && header.tombstone) return undefined;
    const samples = (header.tombstone?.samples ?? 0) + lost;
    const identity = { gatewayId: this.#gatewayId, machineId };
    const { epoch, number, lane, produced, suppressed } = header;
    const thinned = encodeBatch(identity, {
      epoch,
      number,
      lane,
      produced,
      suppressed,
      dictionary: dictionary ?? { hash: header.dictionary, plan: "", signals: [] },
      samples: kept,
      events: [],
      tombstone: { reason: "spool-full", samples },
    });
    return { block: thinned, lost };
  }

  #keep(
    from: SampleColumns,
    into: SampleColumns,
    { tombstone }: BatchHeader,
    { hash, signals }: SignalDictionary,
  ): void {
    into.reset(from.baseNs);
    for (let row = 0; row < from.length; row++) {
      const signal = from.signal[row] ?? 0;
      const isCounter = signals[signal]?.isCounter === true;
      const isKept =
        isCounter || (!tombstone && this.#isDue(`${hash} ${signal}`, from.timeNs(row)));
      if (!isKept) continue;
      const quality = (from.quality[row] ?? 0) as never;
      into.push(signal, from.offsetNs[row] ?? 0, from.value[row] ?? Number.NaN, quality);
    }
  }

  #isDue(key: string, timeNs: bigint): boolean {
    const last = this.#keptNs.get(key);
    // A stamp before the last one: the clock was put back, or the round began again.
    if (last !== undefined && timeNs >= last && timeNs - last < keptEveryNs) return false;
    this.#keptNs.set(key, timeNs);
    return true;
  }
}
