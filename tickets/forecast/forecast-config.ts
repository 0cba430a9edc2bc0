/** Engineering defaults of the demand forecast: none of them is a business rule. */
export interface ForecastConfig {
  /** Probability that demand stays at or below `upper`. */
  readonly upperQuantile: number;
  /** Variance of demand over its mean; 1 is Poisson, more is the negative binomial. */
  readonly varianceRatio: number;
  /** Share of the period that a machine sold in it works: uniform sales give one half. */
  readonly newMachineExposure: number;
  /** How much of an observed error enters the next period's region factor. */
  readonly learningRate: number;
  /** The region factor never leaves this range by learning. */
  readonly regionFactorRange: readonly [least: number, most: number];
  /** A predicted failure is told at least this long before it. */
  readonly warningDays: number;
  /** Added to what it takes to bring the part. */
  readonly warningMarginDays: number;
}

export const forecastDefaults: ForecastConfig = {
  upperQuantile: 0.95,
  varianceRatio: 1,
  newMachineExposure: 0.5,
  learningRate: 0.5,
  regionFactorRange: [0.5, 2],
  warningDays: 30,
  warningMarginDays: 3,
};
