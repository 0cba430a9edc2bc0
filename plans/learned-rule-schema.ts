import { type Static, Type } from "typebox";
import { figure, HoursThatCount } from "./hour-words.ts";
import { ruleCommon } from "./rule-words.ts";
import { closed, Id, literals, SignalName } from "./schema-words.ts";

const Column = (description: string) => Type.String({ minLength: 1, description });
const BesidePlan = (ending: string, description: string) =>
  Type.String({ pattern: `\\.${ending}$`, description });

const Input = Type.Object({ signal: SignalName, of: figure }, closed);
const Position = Type.String({
  minLength: 1,
  description: "position of the part whose life it is: one of service.parts",
});

export const RemainingLifeRule = Type.Object(
  {
    ...ruleCommon,
    kind: Type.Literal("remaining-life"),
    histories: BesidePlan(
      "csv",
      "CSV beside the plan: lives of this part that ran to failure, one row a day or hour of work",
    ),
    unit: Column("column that names the life a row belongs to"),
    cycle: Column("column that counts days or hours since the part was put in"),
    every: literals(["day", "hour"], { description: "what a row of the file is" }),
    failed: Type.Optional(
      Column("column that is 1 in the last row of a life that ended in failure, else 0"),
    ),
    inputs: Type.Array(Input, {
      minItems: 1,
      maxItems: 24,
      description: "signals that tell of wear; each is a column of the file, in the plan's unit",
    }),
    hours: Type.Optional(HoursThatCount),
    part: Position,
    failureMode: Id,
  },
  closed,
);

export const ModelFileRule = Type.Object(
  {
    ...ruleCommon,
    kind: Type.Literal("model-file"),
    model: BesidePlan("onnx", "ONNX file beside the plan"),
    every: literals(["day", "hour"], { description: "what a row of the model's input is" }),
    rows: Type.Integer({
      minimum: 1,
      maximum: 2_000,
      description: "how many days or hours of work the model looks back, the oldest first",
    }),
    inputs: Type.Array(Input, {
      minItems: 1,
      maxItems: 64,
      description: "values of a row in the order that the model wants; it normalises them itself",
    }),
    hours: Type.Optional(HoursThatCount),
    gives: literals(["remaining-days", "score"], {
      description:
        "remaining-days: three values, days left at 10, 50 and 90 %; score: one value, held to the limit",
    }),
    above: Type.Optional(
      Type.Number({ description: "of a score: exactly one of above and below" }),
    ),
    below: Type.Optional(Type.Number()),
    part: Position,
    failureMode: Id,
  },
  closed,
);

export type RemainingLifeRule = Static<typeof RemainingLifeRule>;
export type ModelFileRule = Static<typeof ModelFileRule>;
export type LearnedRule = RemainingLifeRule | ModelFileRule;
