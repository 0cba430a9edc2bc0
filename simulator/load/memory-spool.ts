import { randomBytes } from "node:crypto";
import type { BatchStore } from "@firebreak/gateway/publish/publisher.ts";
import { NumberRanges } from "@firebreak/wire/number-ranges.ts";
import type { Acknowledgement, NumberRange, Offer } from "@firebreak/wire/session.ts";

/** One batch that the hub does not have yet. */
export interface HeldBatch {
  readonly block: Uint8Array;
  readonly samples: number;
  readonly madeMs: number;
  /** Count of the gateway's connections when it was made. */
  readonly session: number;
}

export interface MemorySpoolOptions {
  readonly machineId: string;
  /** Bound of what is held, bytes. */
  readonly maxBytes: number;
  readonly onAcknowledged: (batch: HeldBatch) => void;
  /** Batches and samples that nobody has any more. */
  readonly onLost: (batches: number, samples: number) => void;
  /** The hub no longer has so many batches that it had acknowledged, and these are their numbers. */
  readonly onTakenBack: (batches: number, numbers: readonly NumberRange[]) => void;
}

/**
 * A gateway's spool without a disk, of one machine and one epoch; an ordinal is a batch's number. What is acknowledged
 * is let go at once, so a hub that falls back to an older copy of itself loses it, which is told. When it is full the
 * oldest batch goes, and the next birth tells the hub so.
 */
export class MemorySpool implements BatchStore {
  readonly epoch = randomBytes(16).toString("hex");
  readonly index: BatchStore["index"];
  storeId: string | null = null;
  readonly #options: MemorySpoolOptions;
  /** By number, ascending. */
  readonly #held = new Map<number, HeldBatch>();
  readonly #sent = new NumberRanges();
  #settled = new NumberRanges();
  #next = 1;
  #bytes = 0;
  #produced = 0;

  constructor(options: MemorySpoolOptions) {
    this.#options = options;
    this.index = this.#asIndex();
  }

  /** The number of the next batch. */
  get next(): number {
    return this.#next;
  }
  get sendableEnd(): number {
    return this.#next;
  }
  get held(): number {
    return this.#held.size;
  }
  /** How many batches have left at least once. */
  get everSent(): number {
    return this.#sent.size;
  }
  /** Samples of all batches so far. */
  get produced(): number {
    return this.#produced;
  }

  /** Keeps the next batch; false says that older ones had to go for it, and that the hub must be told by a birth. */
  append(batch: HeldBatch): boolean {
    this.#held.set(this.#next++, batch);
    this.#produced += batch.samples;
    this.#bytes += batch.block.length;
    let hasRoom = true;
    for (const [number, { samples }] of this.#held) {
      if (this.#bytes <= this.#options.maxBytes) break;
      this.#drop(number);
      this.#options.onLost(1, samples);
      hasRoom = false;
    }
    return hasRoom;
  }

  read(ordinal: number): { readonly machineId: string; readonly block: Uint8Array } | undefined {
    const batch = this.#held.get(ordinal);
    return batch && { machineId: this.#options.machineId, block: batch.block };
  }

  markSent(ordinal: number): void {
    this.#sent.add(ordinal);
  }

  acknowledge({ storeId, epoch, through, ranges }: Acknowledgement): string {
    if (this.storeId !== null && storeId !== this.storeId) return "other-store";
    if (epoch !== this.epoch) return "unknown-epoch";
    const all: readonly NumberRange[] = through > 0 ? [[1, through], ...ranges] : ranges;
    const settled = NumberRanges.from(all);
    if (this.#isBeyondSent(settled)) return "beyond-sent";
    this.storeId = storeId;
    const before = this.#settled;
    this.#settled = settled;
    for (const [number, batch] of this.#held) {
      if (number > settled.highest) break;
      if (!settled.has(number)) continue;
      this.#drop(number);
      this.#options.onAcknowledged(batch);
    }
    if (settled.through >= before.highest) return "accepted";
    return this.#tellTakenBack(before, settled) ? "fallen-back" : "accepted";
  }

  /** The gateway's half of the opening exchange. */
  offer(): Offer {
    const held = new NumberRanges();
    for (const number of this.#held.keys()) held.add(number);
    const machines = { [this.#options.machineId]: { produced: this.#produced, suppressed: 0 } };
    const epoch = { epoch: this.epoch, next: this.#next, held: held.toJSON(), machines };
    return { protocol: 1, storeId: this.storeId, epochs: [epoch] };
  }

  #isBeyondSent(settled: NumberRanges): boolean {
    if (settled.highest >= this.#next) return true;
    for (const number of this.#held.keys()) {
      if (number > settled.highest) return false;
      if (settled.has(number) && !this.#sent.has(number)) return true;
    }
    return false;
  }

  #tellTakenBack(before: NumberRanges, settled: NumberRanges): boolean {
    const gaps = before.toJSON().flatMap(([first, last]) => settled.missing(first, last));
    const batches = gaps.reduce((sum, [first, last]) => sum + last - first + 1, 0);
    if (batches > 0) this.#options.onTakenBack(batches, gaps);
    return batches > 0;
  }

  #drop(number: number): void {
    this.#bytes -= this.#held.get(number)?.block.length ?? 0;
    this.#held.delete(number);
  }

  #asIndex(): BatchStore["index"] {
    const held = this.#held;
    const end = () => this.#next;
    return {
      get first() {
        return held.keys().next().value ?? end();
      },
      get end() {
        return end();
      },
      isPending: (ordinal) => held.has(ordinal),
      isWaiting: () => false,
      isAlarm: () => false,
      bytes: (ordinal) => held.get(ordinal)?.block.length ?? 0,
    };
  }
}
