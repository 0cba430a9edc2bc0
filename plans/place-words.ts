// Words for whom and where a machine works, by which a plan may differ.

/** Trades of customers; what a plan says for one is laid over what it says for regions (PL-7). */
export const segments = [
  "urban_construction",
  "railway",
  "water",
  "municipal",
  "highway",
  "other",
] as const;
export type Segment = (typeof segments)[number];

/** How far the market of a region has come. */
export const marketStages = ["mature", "potential", "developing", "secondary"] as const;
export type MarketStage = (typeof marketStages)[number];

const keyStages: readonly MarketStage[] = ["mature", "potential"];

/** RE-1: mature and potential markets come first. */
export const isKeyStage = (stage: MarketStage | undefined): boolean =>
  stage !== undefined && keyStages.includes(stage);
