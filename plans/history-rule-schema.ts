import { type Static, Type } from "typebox";
import { ruleCommon } from "./rule-words.ts";
import { closed, Id, literals, SignalName } from "./schema-words.ts";

const figure = literals(["min", "mean", "max"], {
  description: "what of an hour counts: its least, mean or greatest good sample",
});

/** Of the hours of a machine those that count, such as hours of work with warm oil. */
const HoursThatCount = Type.Array(
  Type.Object(
    {
      signal: SignalName,
      of: figure,
      above: Type.Optional(Type.Number()),
      below: Type.Optional(Type.Number()),
    },
    closed,
  ),
  { description: "an hour counts when all of these hold; all hours when left out" },
);

export const TrendRule = Type.Object(
  {
    ...ruleCommon,
    kind: Type.Literal("trend-to-threshold"),
    signal: SignalName,
    of: figure,
    hours: Type.Optional(HoursThatCount),
    above: Type.Optional(
      Type.Number({ description: "exactly one of above and below, in the signal's unit" }),
    ),
    below: Type.Optional(Type.Number()),
    part: Type.String({
      minLength: 1,
      description: "position of the part that wears: one of service.parts",
    }),
    failureMode: Id,
  },
  closed,
);

export const CohortRule = Type.Object(
  {
    ...ruleCommon,
    kind: Type.Literal("cohort"),
    signal: SignalName,
    of: figure,
    hours: Type.Optional(HoursThatCount),
    side: literals(["above", "below", "either"], {
      description: "on which side of the others a machine is worse",
    }),
    failureMode: Id,
  },
  closed,
);

export type CohortRule = Static<typeof CohortRule>;
export type HistoryRule = TrendRule | CohortRule;
export type TrendRule = Static<typeof TrendRule>;
