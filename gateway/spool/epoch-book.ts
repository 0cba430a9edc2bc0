import { randomBytes } from "node:crypto";
import { NumberRanges } from "@firebreak/wire/number-ranges.ts";
import type { Acknowledgement, NumberRange } from "@firebreak/wire/session.ts";
import type { EpochCheckpoint, MachineCounts } from "./spool-record.ts";

/** 128 random bits, so that no two spools ever share one. */
export const newEpochId = (): string => randomBytes(16).toString("hex");

export type Counts = { -readonly [Key in keyof MachineCounts]: MachineCounts[Key] };

/** One numbering: its next number, what the hub has of it, and the ledger of each machine. */
export class EpochBook {
  readonly epoch: string;
  /** The number the next batch gets. */
  next = 1;
  /** What the hub of our store last said it has. Replaced, not joined: a restored hub may have less than before. */
  settled = new NumberRanges();
  /** Numbers that may have left this gateway: sent by this process, or there before it began. */
  readonly sent = new NumberRanges();
  readonly machines = new Map<string, Counts>();

  constructor(epoch: string) {
    this.epoch = epoch;
  }

  countsOf(machineId: string): Counts {
    let counts = this.machines.get(machineId);
    if (counts === undefined) {
      counts = { produced: 0, suppressed: 0, lost: 0 };
      this.machines.set(machineId, counts);
    }
    return counts;
  }

  /** Takes over what a batch in the log says was reached. */
  reached(
    machineId: string,
    { produced, suppressed }: Pick<Counts, "produced" | "suppressed">,
  ): void {
    const mine = this.countsOf(machineId);
    mine.produced = Math.max(mine.produced, produced);
    mine.suppressed = Math.max(mine.suppressed, suppressed);
  }

  restore({ next, settled, machines }: EpochCheckpoint): void {
    this.next = Math.max(this.next, next);
    this.settle(settled);
    for (const [machineId, { produced, suppressed, lost }] of Object.entries(machines)) {
      const mine = this.countsOf(machineId);
      mine.produced = Math.max(mine.produced, produced);
      mine.suppressed = Math.max(mine.suppressed, suppressed);
      mine.lost = Math.max(mine.lost, lost);
    }
  }

  /** Ranges that begin beyond what was ever numbered are left out: a state file may be newer than a repaired log. */
  settle(ranges: readonly NumberRange[]): void {
    this.settled = NumberRanges.from(
      ranges
        .filter(([first]) => first < this.next)
        .map(([first, last]) => [first, Math.min(last, this.next - 1)] as const),
    );
  }

  checkpoint(): EpochCheckpoint {
    return {
      epoch: this.epoch,
      next: this.next,
      settled: this.settled.toJSON(),
      machines: Object.fromEntries(this.machines),
    };
  }

  get isSettled(): boolean {
    return this.settled.through >= this.next - 1;
  }
}

/** What an acknowledgement says as ranges; undefined if it is not one (the hub's JSON is not trusted either). */
export function rangesOf({ through, ranges }: Acknowledgement): NumberRange[] | undefined {
  const all: NumberRange[] = through > 0 ? [[1, through], ...ranges] : [...ranges];
  const isValid = all.every(
    ([first, last]) =>
      Number.isSafeInteger(first) && Number.isSafeInteger(last) && first >= 1 && last >= first,
  );
  return isValid && Number.isSafeInteger(through) && through >= 0 ? all : undefined;
}
