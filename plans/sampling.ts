import { type Static, Type } from "typebox";
import { closed } from "./schema-words.ts";

/** How a gateway thins one signal before it is numbered. */
export const Sampling = Type.Union([
  Type.Literal("every"),
  Type.Object(
    {
      deadBand: Type.Number({
        minimum: 0,
        description: "in the signal's unit; a smaller change is held back",
      }),
      maxSilenceSeconds: Type.Number({
        exclusiveMinimum: 0,
        description: "sent at least this often",
      }),
    },
    closed,
  ),
  Type.Object(
    {
      aggregate: Type.Object(
        {
          windowSeconds: Type.Number({
            minimum: 1,
            maximum: 3_600,
            description:
              "each window gives its mean under the signal's name, and <name>.min, .max and .count",
          }),
        },
        closed,
      ),
    },
    closed,
  ),
  Type.Object(
    {
      counter: Type.Object(
        {
          minStep: Type.Optional(
            Type.Number({
              exclusiveMinimum: 0,
              description: "in the signal's unit; a smaller step is held back; default: none is",
            }),
          ),
          maxSilenceSeconds: Type.Number({
            exclusiveMinimum: 0,
            description: "sent at least this often",
          }),
        },
        {
          ...closed,
          description: "only grows: sent on change, both sides of a reset or overflow are kept",
        },
      ),
    },
    closed,
  ),
]);
export type Sampling = Static<typeof Sampling>;

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
