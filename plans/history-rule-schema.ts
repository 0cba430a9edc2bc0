import { type Static, Type } from "typebox";
import { figure, HoursThatCount } from "./hour-words.ts";
import type { LearnedRule } from "./learned-rule-schema.ts";
import { ruleCommon } from "./rule-words.ts";
import { closed, Id, literals, SignalName } from "./schema-words.ts";

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
export type HistoryRule = TrendRule | CohortRule | LearnedRule;
export type TrendRule = Static<typeof TrendRule>;
