// Words of rules that judge completed hours.
import { Type } from "typebox";
import { closed, literals, SignalName } from "./schema-words.ts";

export const figure = literals(["min", "mean", "max"], {
  description: "what of an hour counts: its least, mean or greatest good sample",
});

/** Of the hours of a machine those that count, such as hours of work with warm oil. */
export const HoursThatCount = Type.Array(
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
