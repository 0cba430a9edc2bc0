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
