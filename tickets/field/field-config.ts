const mebibyte = 1024 * 1024;

/** Figures of field work that no document gives: engineering defaults, all in one place. */
export const fieldConfig = {
  /** Largest file of each kind. */
  photoBytes: 10 * mebibyte,
  videoBytes: 100 * mebibyte,
  signatureBytes: mebibyte,
  /** All files of one ticket together. */
  ticketBytes: 500 * mebibyte,
  ticketFiles: 100,
  /** Files received at the same time; more are asked to come again. */
  concurrentUploads: 6,
  /** A file that no row names is removed when it is older than this: its row may still be on its way. */
  orphanAfterMs: 24 * 3600_000,
  /** A report with this many attempts or more suggests an expert (ES-5). */
  expertAfterAttempts: 3,
  /** Commands in one synchronisation of a phone. */
  syncCommands: 200,
  /** Arrival claimed offline: how far before the server heard of it the claim may lie. */
  claimBackMs: 24 * 3600_000,
  /** Arrival claimed offline: how far ahead of the server a phone's clock may be. */
  claimAheadMs: 2 * 60_000,
  /** Tickets in one answer of `my-work`. */
  myWorkTickets: 50,
  /** Points of each series in a work order. */
  workOrderPoints: 240,
  /** Signals drawn in a work order. */
  workOrderSeries: 8,
  /** Time before and after the evidence that a series shows. */
  workOrderMarginMs: 5 * 60_000,
  /** Earlier tickets of the machine and similar cases of the fault in a work order. */
  workOrderHistory: 10,
} as const;
