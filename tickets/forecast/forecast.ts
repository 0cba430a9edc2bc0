import { type Static, Type } from "typebox";
import { closed, Instant, literals } from "../vocabulary.ts";
import type { ForecastConfig } from "./forecast-config.ts";
import { demandOfParts, type InstalledPart, salesAdjustment } from "./part-demand.ts";
import { demandQuantile } from "./quantile.ts";

/** What somebody assumed, and where it comes from: no plan is approved without one (PD-1). */
export const Assumption = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200 }),
    value: Type.Union([Type.Number(), Type.String({ minLength: 1, maxLength: 200 })]),
    source: Type.String({ minLength: 1, maxLength: 400, description: "who or what says so" }),
  },
  closed,
);
export type Assumption = Static<typeof Assumption>;

/** From `from`, included, to `to`, excluded. */
export const Period = Type.Object({ from: Instant, to: Instant }, closed);
export type Period = Static<typeof Period>;

const Share = Type.Number({ minimum: 0 });

/** How many pieces of a part a region will need in a period, and why. */
export const PartsDemandForecast = Type.Object(
  {
    forecastId: Type.String({ minLength: 1 }),
    partNo: Type.String({ minLength: 1 }),
    regionId: Type.String(),
    period: Period,
    installedBase: Type.Integer({ minimum: 0, description: "machines in use" }),
    baseDemand: Share,
    conditionDemand: Share,
    salesAdjustment: Share,
    seasonalFactor: Share,
    regionFactor: Share,
    expected: Share,
    upper: Type.Integer({ minimum: 0, description: "quantile of the demand" }),
    assumptions: Type.Array(Assumption),
    state: literals(["draft", "reviewed", "approved", "released", "evaluated"]),
    actual: Type.Optional(Type.Integer({ minimum: 0 })),
    error: Type.Optional(Type.Number({ description: "actual minus expected" })),
  },
  closed,
);
export type PartsDemandForecast = Static<typeof PartsDemandForecast>;

/** What a forecast is made of. Factors that nobody set are 1. */
export interface ForecastInput {
  readonly forecastId: string;
  readonly partNo: string;
  readonly regionId: string;
  readonly period: Period;
  readonly months: number;
  readonly installedBase: number;
  readonly parts: readonly InstalledPart[];
  readonly sales?: {
    readonly plannedUnits: number;
    readonly qtyPerMachine: number;
    readonly newMachineWearRate: number;
  };
  readonly seasonalFactor?: number;
  readonly regionFactor?: number;
  readonly assumptions: readonly Assumption[];
}

/** (base + condition + sales) · season · region, and the quantile above it. Pure; never negative (PD-2). */
export function forecastPart(input: ForecastInput, config: ForecastConfig): PartsDemandForecast {
  const { forecastId, partNo, regionId, period, months, sales } = input;
  const { seasonalFactor = 1, regionFactor = 1 } = input;
  const { baseDemand, conditionDemand } = demandOfParts(input.parts, months);
  const ofSales = sales ? salesAdjustment({ ...sales, exposure: config.newMachineExposure }) : 0;
  const expected = Math.max(
    0,
    (baseDemand + conditionDemand + ofSales) * seasonalFactor * regionFactor,
  );
  return {
    forecastId,
    partNo,
    regionId,
    period,
    installedBase: input.installedBase,
    baseDemand,
    conditionDemand,
    salesAdjustment: ofSales,
    seasonalFactor,
    regionFactor,
    expected,
    upper: demandQuantile(expected, config.varianceRatio, config.upperQuantile),
    assumptions: [...input.assumptions],
    state: "draft",
  };
}

/** The forecast once its period is over. `actual`: pieces consumed (PD-3). */
export const evaluated = (forecast: PartsDemandForecast, actual: number): PartsDemandForecast => ({
  ...forecast,
  state: "evaluated",
  actual,
  error: actual - forecast.expected,
});

/**
 * The region factor of the next period: it moves by a share of the observed error, within bounds. A forecast of
 * nothing teaches nothing.
 */
export function nextRegionFactor(
  { regionFactor, expected }: Pick<PartsDemandForecast, "regionFactor" | "expected">,
  actual: number,
  { learningRate, regionFactorRange: [least, most] }: ForecastConfig,
): number {
  if (expected <= 0) return regionFactor;
  const next = regionFactor * (1 + learningRate * (actual / expected - 1));
  return Math.min(most, Math.max(least, next));
}
