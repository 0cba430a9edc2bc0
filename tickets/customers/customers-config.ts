const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Engineering defaults of intake, ratings, follow-up and complaints, all in one place. */
export const customersConfig = {
  /** The same machine, or the same unknown number, told of again within this time is the same report. */
  sameReportMs: DAY_MS,
  /** A report that says nothing of what is wrong belongs to the one fault that is open, if it is only one. */
  attachesToOnlyOpen: true,
  /** Numbers that look like the one that was typed. */
  serialSuggestions: 5,
  /** Letters that may be wrong in a suggestion. */
  serialMistakes: 2,
  /** How well a text must fit a failure mode's symptom to be taken for it: share of its pairs of letters. */
  symptomFit: 0.6,
  /** The customer's page stops working this long after the ticket was closed. */
  progressAfterCloseMs: 90 * DAY_MS,
  ratingLinkMs: 60 * DAY_MS,
  /** Fewer answers than this are shown to nobody who must not know who said what. */
  leastAnswers: 3,
  /** A person is to have called within this time after the work. */
  humanFollowUpMs: 2 * DAY_MS,
  automatedFollowUpMs: 7 * DAY_MS,
  complaintHandleMs: DAY_MS,
  complaintAnswerMs: 3 * DAY_MS,
  complaintCloseMs: 14 * DAY_MS,
  /** Photos and films may be added to a report for so long, and so many. */
  reportMediaMs: DAY_MS,
  reportMediaFiles: 6,
  /** The public form, per hour: from one address, about one machine. */
  reportsPerAddress: 10,
  reportsPerMachine: 20,
  /** Codes that open nothing, per ten minutes and address. */
  wrongCodesPerAddress: 20,
  /** The public form answers no sooner, so that the time does not tell whether a number is known. */
  publicAnswerMs: 400,
  /** Time zone whose quarters the survey follows. */
  surveyZone: "Asia/Shanghai",
} as const;

export type CustomersConfig = {
  readonly [Name in keyof typeof customersConfig]: (typeof customersConfig)[Name] extends number
    ? number
    : (typeof customersConfig)[Name] extends boolean
      ? boolean
      : string;
};
