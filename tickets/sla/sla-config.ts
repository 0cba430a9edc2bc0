/** What may interrupt a clock (SL-4); every other reason to hold a ticket lets its clocks run. */
export const pauseReasons = ["customer_postponed", "site_closed"] as const;
export type PauseReason = (typeof pauseReasons)[number];

/**
 * The numbers of service levels that belong to no profile. Where none is named the source is domain.md §3.11; `ED` is an
 * engineering default.
 */
export const slaConfig = {
  /** Shares of a clock's whole time at which people are told (ES-1; 0.8 and 1.5 are ED). */
  warnShare: 0.8,
  escalateShare: 1.5,
  /** Customer's report → confirmed and dispatched (O-04). */
  dispatchConfirmationMinutes: 30,
  /** Work done → report handed in (O-05). */
  reportUploadMinutes: 120,
  /** Squad called → on its way to the site (O-20). */
  flyingSquadMinutes: 180,
  /** Parts of the wear list are answered at once (O-06). */
  wearListReplyMinutes: 0,
  wearListSupplyWorkingDays: 5,
  otherReplyWorkingDays: 1,
  otherSupplyWorkingDays: 15,
  /** Approved → received, from a regional centre (C-08, O-21). */
  partsDeliveryMinutes: 24 * 60,
  /** Machine received → repaired (O-07). */
  turnaroundWorkingDays: { inWarranty: 3, outOfWarranty: 5 },
  /** ED: how long the customer is waited for before a ticket closes by itself. */
  followUpMinutes: 7 * 24 * 60,
  /** ED: end of a working day, minutes after local midnight. */
  workdayEndMinutes: 18 * 60,
  defaultZone: "Asia/Shanghai",
  /** ED: the holiday file is complained about when it ends within this time. */
  coverageDays: 60,
} as const;

export type SlaConfig = typeof slaConfig;
