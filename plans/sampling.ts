import type { Sampling } from "./sampling-schema.ts";

/** The longest silence that a sampling allows while the bus speaks, s; undefined where every sample is sent. */
export function longestSilenceSeconds(sampling: Sampling | undefined): number | undefined {
  if (sampling === undefined || sampling === "every") return undefined;
  if ("aggregate" in sampling) return sampling.aggregate.windowSeconds;
  if ("counter" in sampling) return sampling.counter.maxSilenceSeconds;
  return sampling.maxSilenceSeconds;
}

export const isAggregated = (sampling: Sampling): boolean =>
  sampling !== "every" && "aggregate" in sampling;
export const isCounted = (sampling: Sampling): boolean =>
  sampling !== "every" && "counter" in sampling;

/** What an aggregated signal gives beside its mean, which has the signal's own name. */
export const aggregateParts = ["min", "max", "count"] as const;
export type AggregatePart = (typeof aggregateParts)[number];

/** A dot cannot stand in the name of a plan's signal, so these clash with none. */
export const partName = (signal: string, part: AggregatePart): string => `${signal}.${part}`;
