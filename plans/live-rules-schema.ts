import { type Static, Type } from "typebox";
import { ofOneSignal, ruleCommon } from "./rule-words.ts";
import { closed, literals } from "./schema-words.ts";

/** Rule kinds that judge the newest data by how they move, not by one limit. */
export const RateOfChangeRule = Type.Object(
  {
    ...ruleCommon,
    kind: Type.Literal("rate-of-change"),
    ...ofOneSignal,
    rise: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        description: "exactly one of rise and fall, in the signal's unit per `per`",
      }),
    ),
    fall: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
    per: literals(["second", "minute", "hour"]),
    overSeconds: Type.Number({
      minimum: 1,
      maximum: 86_400,
      description: "the slope is taken over this time",
    }),
    holdSeconds: Type.Number({ minimum: 0, description: "how long it must last, in machine time" }),
  },
  closed,
);

export type RateOfChangeRule = Static<typeof RateOfChangeRule>;
