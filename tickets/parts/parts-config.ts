/** What decides between two requests for the same part, most important first (C-20). */
export type ContentionCriterion =
  | "emergency"
  | "tier"
  | "priority"
  | "keyCustomer"
  | "dueAt"
  | "createdAt";

export type PlanningPolicy =
  | "hq_central_with_margin"
  | "region_extra_stock"
  | "hq_regular_region_emergency"
  | "region_or_third_party";

/** All figures of parts and stock that no source states, in one place: engineering defaults. */
export interface PartsConfig {
  readonly planning: {
    /** Longer than this is a long lead time; calendar days. */
    readonly longLeadDays: number;
    /** From this price on a part is of high value; fen. */
    readonly highValueFen: number;
    /** Who plans a part, by lead time and value (C-05). */
    readonly quadrants: Readonly<
      Record<"imported" | "longHigh" | "longLow" | "shortHigh" | "shortLow", PlanningPolicy>
    >;
  };
  readonly abc: {
    /** Cumulative shares of the annual consumption value, 0 to 1. */
    readonly aShare: number;
    readonly bShare: number;
    /** Pieces a year; an A candidate below it is a C part. */
    readonly lowAnnualDemand: number;
  };
  readonly travel: {
    /** Road kilometres per kilometre as the crow flies. */
    readonly roadFactor: number;
    readonly kmPerHour: number;
    /** Picking, packing, loading and unloading. */
    readonly handlingHours: number;
    readonly greenHandlingHours: number;
    /** Between places of which one has no coordinates. */
    readonly unknownHours: number;
    /** From the supplier's delivery to the destination's shelf. */
    readonly supplierHours: number;
  };
  /** Wanted within this time when it is an emergency or a major fault; hours. */
  readonly urgentNeedHours: number;
  readonly contentionOrder: readonly ContentionCriterion[];
  /** A reservation is taken from another request only for one of these. */
  readonly preemptFor: readonly ContentionCriterion[];
  readonly approval: {
    /** The value of all lines up to which the station may approve; fen. */
    readonly stationLimitFen: number;
    /** Up to which the region may; above it headquarters must. */
    readonly regionLimitFen: number;
  };
  /** A commit date is the estimated arrival and this margin; hours. */
  readonly commitMarginHours: number;
  readonly supply: {
    readonly wearPartWorkingDays: number;
    readonly otherWorkingDays: number;
    readonly otherReplyHours: number;
    readonly deliveryHours: number;
  };
  readonly loans: {
    /** After this an unused part that is still out is asked for; days. */
    readonly unusedReminderDays: number;
    /** Within this an old part replaced in warranty must be back; days from its consumption. */
    readonly coreReturnDays: number;
  };
  readonly policy: {
    readonly reviewDays: number;
    /** Normal quantile of the service level: 1.645 is 95 %. */
    readonly serviceQuantile: number;
    /** An order covers this many days of demand. */
    readonly orderDays: number;
  };
}

export const partsConfig: PartsConfig = {
  planning: {
    longLeadDays: 15,
    highValueFen: 2_000_000,
    quadrants: {
      imported: "hq_central_with_margin",
      longHigh: "hq_central_with_margin",
      longLow: "region_extra_stock",
      shortHigh: "hq_regular_region_emergency",
      shortLow: "region_or_third_party",
    },
  },
  abc: { aShare: 0.7, bShare: 0.9, lowAnnualDemand: 4 },
  travel: {
    roadFactor: 1.3,
    kmPerHour: 60,
    handlingHours: 2,
    greenHandlingHours: 0.5,
    unknownHours: 48,
    supplierHours: 24,
  },
  urgentNeedHours: 24,
  contentionOrder: ["emergency", "tier", "priority", "keyCustomer", "dueAt", "createdAt"],
  preemptFor: ["emergency", "tier", "priority", "keyCustomer"],
  approval: { stationLimitFen: 500_000, regionLimitFen: 5_000_000 },
  commitMarginHours: 4,
  supply: {
    wearPartWorkingDays: 5,
    otherWorkingDays: 15,
    otherReplyHours: 24,
    deliveryHours: 24,
  },
  loans: { unusedReminderDays: 3, coreReturnDays: 15 },
  policy: { reviewDays: 7, serviceQuantile: 1.645, orderDays: 30 },
};
