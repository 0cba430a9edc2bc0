/** What is known of the samples of one machine in one epoch. */
export interface Tally {
  /** Highest cumulative count any header or offer has stated. */
  produced: number;
  suppressed: number;
  received: number;
  /** Given up by the gateway before sending. */
  tombstoned: number;
  quarantined: number;
  /** In batches whose number another batch already has: beyond what `produced` counts. */
  cloned: number;
  /** Booked: neither side has them. */
  lost: number;
  lastReceivedMs: number;
}

export const emptyTally = (): Tally => ({
  produced: 0,
  suppressed: 0,
  received: 0,
  tombstoned: 0,
  quarantined: 0,
  cloned: 0,
  lost: 0,
  lastReceivedMs: 0,
});

/** Samples by where they are, as far as the hub's intake knows: `received` is journalled or stored. */
export interface IntakeTotals {
  readonly produced: number;
  readonly suppressed: number;
  readonly received: number;
  readonly spooled: number;
  readonly quarantined: number;
  readonly lost: number;
}

export const noTotals: IntakeTotals = {
  produced: 0,
  suppressed: 0,
  received: 0,
  spooled: 0,
  quarantined: 0,
  lost: 0,
};

/** produced = received + spooled + quarantined + lost, whatever a gateway states. */
export function addTally(totals: IntakeTotals, tally: Tally): IntakeTotals {
  const accounted = tally.received + tally.tombstoned + tally.quarantined + tally.lost;
  const produced = Math.max(tally.produced, accounted);
  return {
    produced: totals.produced + produced + tally.cloned,
    suppressed: totals.suppressed + tally.suppressed,
    received: totals.received + tally.received,
    spooled: totals.spooled + produced - accounted,
    quarantined: totals.quarantined + tally.quarantined + tally.cloned,
    lost: totals.lost + tally.tombstoned + tally.lost,
  };
}
