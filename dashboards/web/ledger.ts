import type { LedgerCounts } from "./types.ts";

/** Where a produced sample can be. */
export const ledgerPlaces = ["stored", "journalled", "spooled", "quarantined", "lost"] as const;

/** Produced minus everything accounted for: 0 when the books are even. Pure. */
export const ledgerGap = (ledger: LedgerCounts): number =>
  ledgerPlaces.reduce((rest, place) => rest - ledger[place], ledger.produced);
