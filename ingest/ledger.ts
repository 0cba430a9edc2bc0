import type { IntakeHour, IntakeQueries } from "./delivery/intake-queries.ts";
import type { IntakeTotals } from "./delivery/tally.ts";
import { isoHour } from "./iso-ns.ts";
import type { StoredSamples, TelemetryStore } from "./store/store.ts";

/**
 * Where the samples of a machine are. `produced` = stored + journalled + spooled + quarantined + lost; what the dead
 * band held back is in `suppressed` only.
 */
export interface Ledger {
  readonly produced: number;
  readonly suppressed: number;
  readonly stored: number;
  readonly journalled: number;
  readonly spooled: number;
  readonly quarantined: number;
  readonly lost: number;
  readonly byHour: readonly LedgerHour[];
}

/** One UTC hour, as far as the hub knows it: what is still spooled has no hour yet, so `produced` leaves it out. */
export interface LedgerHour extends Omit<Ledger, "byHour" | "suppressed" | "spooled"> {
  readonly hour: string;
  /** Of the lost ones; what no reason is known of is left out. */
  readonly lostBy: Readonly<Record<string, number>>;
}

export interface LedgerPort {
  /** An unknown machine gives zeros. */
  of(machineId: string): Promise<Ledger>;
  /** Samples that are still at the machine's gateway, as far as the hub knows; asks no store. */
  spooled(machineId: string): number;
}

export function createLedger(intake: IntakeQueries, store: TelemetryStore): LedgerPort {
  return {
    async of(machineId) {
      // In this order: the store never holds what the intake does not know of yet.
      const stored = await store.storedSamples(machineId);
      return balance(intake.totals(machineId), intake.hours(machineId), stored);
    },
    spooled: (machineId) => intake.totals(machineId).spooled,
  };
}

/** Pure. What was received and is not stored is in the journal. */
export function balance(
  totals: IntakeTotals,
  hours: readonly IntakeHour[],
  stored: StoredSamples,
): Ledger {
  const { received, ...rest } = totals;
  return {
    ...rest,
    stored: stored.stored,
    journalled: received - stored.stored - stored.quarantined,
    quarantined: rest.quarantined + stored.quarantined,
    byHour: byHour(hours, stored),
  };
}

function byHour(hours: readonly IntakeHour[], stored: StoredSamples): LedgerHour[] {
  const storedAt = new Map(stored.byHour.map((one) => [one.hour, one.stored]));
  return hours.map(({ hour, received, quarantined, lost, lostBy }) => {
    const at = isoHour(hour);
    const inStore = storedAt.get(at) ?? 0;
    return {
      hour: at,
      produced: received + quarantined + lost,
      stored: inStore,
      journalled: received - inStore,
      quarantined,
      lost,
      lostBy,
    };
  });
}
