// What a plan may reckon from its signals: a closed set of operators, no expressions.
import { type Static, type TSchema, Type } from "typebox";
import { closed, Id, literals, SignalName, Text } from "./schema-words.ts";
import { Unit } from "./signal-words.ts";

/** A day. Engineering default: longer spans are the matter of rules that judge history. */
export const longestWindowSeconds = 86_400;

const WindowSeconds = Type.Number({
  minimum: 1,
  maximum: longestWindowSeconds,
  description: "seconds of machine time",
});

const Operand = Type.Union([
  SignalName,
  Type.Object({ value: Type.Number(), unit: Unit }, { ...closed, description: "a constant" }),
]);

const common = {
  title: Text,
  unit: Unit,
  range: Type.Array(Type.Number(), {
    minItems: 2,
    maxItems: 2,
    description: "plausible [min, max] in the unit; outside is out-of-range",
  }),
  source: Type.String({
    minLength: 1,
    description: "document and clause of the figures, or 'engineering default'",
  }),
  context: Type.Optional(
    Type.String({ ...Id, description: "reckoned only while this context holds" }),
  ),
};

const derived = <const Operator extends string, Own extends Record<string, TSchema>>(
  operator: Operator,
  own: Own,
) => Type.Object({ ...common, operator: Type.Literal(operator), ...own }, closed);

const Ratio = derived("ratio", { of: Operand, by: Operand });
const Difference = derived("difference", { of: Operand, minus: Operand });
const Product = derived("product", { of: Operand, times: Operand });
const Sum = derived("sum", {
  of: Type.Array(
    Type.Object(
      {
        signal: SignalName,
        times: Type.Optional(Type.Number({ description: "bare number; default 1" })),
      },
      closed,
    ),
    { minItems: 1, maxItems: 16 },
  ),
  plus: Type.Optional(Type.Number({ description: "in the unit; default 0" })),
});
const Extreme = derived("extreme", {
  of: Type.Array(SignalName, { minItems: 2, maxItems: 16 }),
  extreme: literals(["greatest", "least", "spread"], {
    description: "spread: the greatest less the least",
  }),
});
const Integral = derived("integral", { of: SignalName });
const Rate = derived("rate", { of: SignalName, windowSeconds: WindowSeconds });
const Window = derived("window", {
  of: SignalName,
  statistic: literals(["mean", "min", "max", "standard-deviation", "rms", "quantile"]),
  quantile: Type.Optional(
    Type.Number({ minimum: 0, maximum: 1, description: "0.5 is the median; for quantile only" }),
  ),
  windowSeconds: WindowSeconds,
});
const Cycle = derived("cycle", {
  by: Type.Union([
    Type.Object(
      {
        signal: SignalName,
        above: Type.Number({ description: "a cycle begins as the signal comes above" }),
        below: Type.Number({ description: "after it was below" }),
        until: literals(["begins-again", "falls-below"]),
      },
      closed,
    ),
    Type.Object(
      {
        counter: Type.String({ ...SignalName, description: "a cycle is what lies between steps" }),
      },
      closed,
    ),
  ]),
  feature: literals(["duration", "peak", "lowest", "rise", "mean"], {
    description: "rise: the peak less the value at the beginning",
  }),
  of: Type.Optional(
    Type.String({ ...SignalName, description: "whose feature; none for a duration" }),
  ),
  longestSeconds: WindowSeconds,
});
const Band = derived("band", {
  of: SignalName,
  fromHz: Type.Number({ exclusiveMinimum: 0 }),
  toHz: Type.Number({ exclusiveMinimum: 0 }),
  samplesPerSecond: Type.Number({ exclusiveMinimum: 0, maximum: 1000 }),
  windowSeconds: WindowSeconds,
});
const Duration = derived("duration", {
  condition: Type.Object(
    {
      signal: SignalName,
      above: Type.Optional(Type.Number()),
      below: Type.Optional(Type.Number()),
    },
    closed,
  ),
  measure: literals(["holds", "since"], {
    description: "holds: how long it has held, 0 while it does not; since: how long ago it held",
  }),
});

export const Derived = Type.Union([
  Ratio,
  Difference,
  Product,
  Sum,
  Extreme,
  Integral,
  Rate,
  Window,
  Cycle,
  Band,
  Duration,
]);

export type Derived = Static<typeof Derived>;
export type DerivedOf<Operator extends Derived["operator"]> = Extract<
  Derived,
  { operator: Operator }
>;
export type Operand = Static<typeof Operand>;
