import type { Clock } from "@firebreak/kit/clock.ts";
import type { SpoolBooks } from "./spool-books.ts";
import type { MachineCounts } from "./spool-record.ts";

/** The ledger of one machine in the current epoch, and what is still here of all epochs. */
export interface MachineLedger extends MachineCounts {
  /** Batches that the hub does not have yet. */
  readonly pendingBatches: number;
}

export interface SpoolStatus {
  readonly epoch: string;
  readonly storeId: string | null;
  /** Batches of the current epoch so far, and how many of them the hub has. */
  readonly epochBatches: number;
  readonly epochSettled: number;
  readonly bytes: number;
  readonly maxBytes: number;
  /** Batches that the hub does not have yet, and their bytes. */
  readonly pendingBatches: number;
  readonly pendingBytes: number;
  /** Hours until the spool is full if the hub stays away, at the rate since the start; null while unknown. */
  readonly hoursLeft: number | null;
  /** Records that could not be read. */
  readonly unreadable: number;
  /** True while even giving up old samples makes no room. */
  readonly isFull: boolean;
  readonly machines: Readonly<Record<string, MachineLedger>>;
}

export interface SpoolStatusOptions {
  readonly books: SpoolBooks;
  readonly spooled: { readonly bytes: number };
  readonly maxBytes: number;
  readonly clock: Clock;
}

const msPerHour = 3_600_000;
/** A rate from less than this says nothing. */
const minElapsedMs = 10_000;

/** Makes the figures people and metrics see. */
export function createSpoolStatus({ books, spooled, maxBytes, clock }: SpoolStatusOptions) {
  const startedMs = clock.monotonicMs();
  let appendedBytes = 0;

  function hoursLeft(): number | null {
    const elapsedMs = clock.monotonicMs() - startedMs;
    if (elapsedMs < minElapsedMs || appendedBytes === 0) return null;
    const left = Math.max(0, maxBytes - books.index.pendingBytes);
    return left / ((appendedBytes / elapsedMs) * msPerHour);
  }

  function pendingByMachine(): number[] {
    const { index } = books;
    const pending: number[] = [];
    for (let ordinal = index.first; ordinal < index.end; ordinal++) {
      if (!index.isPending(ordinal)) continue;
      const machine = index.machine(ordinal);
      pending[machine] = (pending[machine] ?? 0) + 1;
    }
    return pending;
  }

  function status(
    current: Pick<SpoolStatus, "epoch" | "storeId" | "unreadable" | "isFull">,
  ): SpoolStatus {
    const pending = pendingByMachine();
    const book = books.bookOf(current.epoch);
    const ledgers = book?.machines ?? new Map<string, MachineCounts>();
    const machines = Object.fromEntries(
      books.machines.map((machineId, at) => {
        const counts = ledgers.get(machineId) ?? { produced: 0, suppressed: 0, lost: 0 };
        return [machineId, { ...counts, pendingBatches: pending[at] ?? 0 }];
      }),
    );
    return {
      ...current,
      epochBatches: (book?.next ?? 1) - 1,
      epochSettled: book?.settled.size ?? 0,
      bytes: spooled.bytes,
      maxBytes,
      pendingBatches: pending.reduce((sum, count) => sum + (count ?? 0), 0),
      pendingBytes: books.index.pendingBytes,
      hoursLeft: hoursLeft(),
      machines,
    };
  }

  return {
    status,
    /** Call with the bytes of each batch. */
    onAppended(bytes: number): void {
      appendedBytes += bytes;
    },
  };
}
