/** Figures of the planned sources: engineering defaults unless the comment names another source. */
export const plannerConfig = {
  /** C-03: template for plans without points of their own; tier `meet` keeps month 1 only (C-19). */
  templateMonths: [1, 3, 6, 12],
  leadDays: 14,
  peak: { leadDays: 14, afterDays: 14 },
  bundle: { radiusKm: 30, windowDays: 7 },
  /** Operating hours before a service at which its ticket opens. */
  leadHours: 20,
  /** Inspections so many times as often in the launch phase of a machine type. */
  launchMultiplier: 2,
  /** A calendar point within so many days of an open service by hours is done with it. */
  sharedDays: 14,
  /** Points that fell due longer ago, before anybody looked after the machine, are not made up for. */
  catchUpDays: 60,
  /** The same in operating hours, as a share of the interval. */
  catchUpShare: 0.2,
  /** Use of a machine of which nothing is known; hours a day. */
  defaultHoursPerDay: 6,
  /** A wear part is placed ahead of a peak when so much of its life is left, or when nobody knows. */
  peakWearSharePct: 50,
  predicted: {
    /** O-09: warned at least so many days ahead, or as long as the part needs with this margin. */
    horizonDays: 30,
    marginDays: 3,
    minConfidence: 0.7,
    consecutive: 3,
    /** The 10th percentile this near makes it a major matter. */
    majorDays: 7,
  },
  wear: {
    /** 10th and 90th percentile around the median, as a share of what is left. */
    spreadShare: 0.2,
    /** How far a life is believed: measured or counted, by the calendar. */
    confidence: { measured: 0.9, counted: 0.8, calendar: 0.75 },
  },
  /** Days from a regional centre to the machine, when the source of the part does not say. */
  transferDays: 1,
  /** Of a part that the master does not know. */
  unknownLeadDays: 30,
  /** Judgements of a part are kept from so many days before its horizon on. */
  watchDays: 14,
} as const;

export type PlannerConfig = typeof plannerConfig;
