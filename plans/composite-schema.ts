import { type Static, Type } from "typebox";
import { ofEpisodes } from "./rule-words.ts";
import { closed, Id } from "./schema-words.ts";

const members = (description: string) =>
  Type.Optional(Type.Array(Id, { minItems: 2, maxItems: 8, description }));

/** A rule over the episodes of other rules. */
export const CompositeRule = Type.Object(
  {
    ...ofEpisodes,
    kind: Type.Literal("composite"),
    all: members("exactly one of all, any and sequence: ids of live rules that stand above it"),
    any: members("one of these speaks"),
    sequence: members(
      "these begin one after the other, each within withinSeconds of the one before",
    ),
    withinSeconds: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 604_800,
        description: "of a sequence; of all: they begin at most so far apart",
      }),
    ),
    unless: Type.Optional(
      Type.Array(Id, {
        minItems: 1,
        maxItems: 8,
        description: "while one of these speaks it says nothing",
      }),
    ),
    holdSeconds: Type.Number({
      minimum: 0,
      description: "how long it must last, in machine time: as long as an `unless` takes to speak",
    }),
    failureMode: Id,
  },
  closed,
);
export type CompositeRule = Static<typeof CompositeRule>;

/** Rules that it looks at, in the order in which it names them. */
export const membersOf = ({ all, any, sequence }: CompositeRule): readonly string[] =>
  all ?? any ?? sequence ?? [];
