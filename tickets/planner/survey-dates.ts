import { addMonths, type LocalDate } from "../sla/zone-time.ts";

/** O-30: a survey starts with each quarter. */
export interface SurveyCampaign {
  /** `2026-Q1`. */
  readonly campaignId: string;
  readonly startsOn: LocalDate;
  /** The last day of the quarter. */
  readonly endsOn: LocalDate;
}

/** The four of a year. */
export const surveyCampaigns = (year: number): SurveyCampaign[] =>
  [1, 2, 3, 4].map((quarter) => {
    const startsOn = `${year}-${String(quarter * 3 - 2).padStart(2, "0")}-01`;
    const lastMonth = addMonths(startsOn, 2).slice(0, 7);
    return {
      campaignId: `${year}-Q${quarter}`,
      startsOn,
      // The 31st is clamped to the last day of a shorter month.
      endsOn: addMonths(`${year}-01-31`, Number(lastMonth.slice(5)) - 1),
    };
  });

/** The one that a day falls into. */
export function surveyCampaignOf(date: LocalDate): SurveyCampaign {
  const index = Math.floor((Number(date.slice(5, 7)) - 1) / 3);
  const campaign = surveyCampaigns(Number(date.slice(0, 4)))[index];
  if (campaign === undefined) throw new RangeError(`${date} is no day`);
  return campaign;
}

/** What is kept for each survey sent: a customer gets one in a quarter, however often this is asked. */
export const surveyKey = (customerId: string, { campaignId }: SurveyCampaign): string =>
  `${customerId}:${campaignId}`;

/** The served customers who have not got the survey of the quarter that `today` falls into, each once. */
export function surveysDue(
  servedCustomerIds: Iterable<string>,
  sentKeys: ReadonlySet<string>,
  today: LocalDate,
): string[] {
  const campaign = surveyCampaignOf(today);
  return [...new Set(servedCustomerIds)].filter(
    (customerId) => !sentKeys.has(surveyKey(customerId, campaign)),
  );
}
