import { type PartsConfig, partsConfig } from "./parts-config.ts";

/** The reasonable interval of a stock item, called the blue interval; pieces, min <= target <= max (SK-8). */
export interface StockBand {
  readonly min: number;
  readonly target: number;
  readonly max: number;
}

export interface DemandOfItem {
  /** Mean pieces a day. */
  readonly dailyDemand: number;
  /** Variance of a day's pieces; that of a Poisson process, its mean, when left out. */
  readonly dailyVariance?: number;
  /** From ordering to having: of the supplier, or of the place it is stocked up from. */
  readonly leadTimeDays: number;
}

/**
 * min is the reorder point (demand over lead and review time, and a safety stock), max is min and one order quantity,
 * target lies half-way. Pure.
 */
export function stockBand(demand: DemandOfItem, { policy }: PartsConfig = partsConfig): StockBand {
  const { dailyDemand, dailyVariance = dailyDemand, leadTimeDays } = demand;
  if (dailyDemand <= 0) return { min: 0, target: 0, max: 0 };
  const spanDays = leadTimeDays + policy.reviewDays;
  const safety = policy.serviceQuantile * Math.sqrt(dailyVariance * spanDays);
  const min = Math.ceil(dailyDemand * spanDays + safety);
  const orderQuantity = Math.max(1, Math.ceil(dailyDemand * policy.orderDays));
  return { min, target: min + Math.ceil(orderQuantity / 2), max: min + orderQuantity };
}

export type BandStatus = "below" | "within" | "above";

/** Where what is on hand lies in its band; an item without one (max 0) is always within. Pure. */
export function bandStatus(onHand: number, { min, max }: StockBand): BandStatus {
  if (onHand < min) return "below";
  return max > 0 && onHand > max ? "above" : "within";
}
