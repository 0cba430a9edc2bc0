import { type Static, Type } from "typebox";
import { ofEpisodes, ofOneSignal } from "./rule-words.ts";
import { closed, Id, literals, SignalName } from "./schema-words.ts";

/** Rule kinds that judge the newest data by how they move, not by one limit. */
export const RateOfChangeRule = Type.Object(
  {
    ...ofEpisodes,
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

export const WindowCountRule = Type.Object(
  {
    ...ofEpisodes,
    kind: Type.Literal("window-count"),
    ...ofOneSignal,
    above: Type.Optional(
      Type.Number({ description: "exactly one of above and below, in the signal's unit" }),
    ),
    below: Type.Optional(Type.Number()),
    hysteresis: Type.Number({
      minimum: 0,
      description: "how far back it must come before it counts again, in the unit",
    }),
    minSeconds: Type.Optional(
      Type.Number({ minimum: 0, description: "a shorter stay does not count; default 0" }),
    ),
    windowSeconds: Type.Number({ minimum: 10, maximum: 604_800 }),
    count: Type.Optional(
      Type.Integer({
        minimum: 2,
        maximum: 50,
        description: "exactly one of count and totalSeconds: so often in the window",
      }),
    ),
    totalSeconds: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, description: "so long in sum in the window" }),
    ),
  },
  closed,
);

/** Rows that a detector judges, one after the other. */
const inRows = {
  everySeconds: Type.Optional(
    Type.Number({ minimum: 1, maximum: 3_600, description: "one row, a mean, for so long" }),
  ),
  settleSeconds: Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: 86_400,
      description: "after the context begins, so long is not judged",
    }),
  ),
};

const Direction = Type.Optional(
  literals(["both", "up", "down"], { description: "which changes are found; default both" }),
);

export const ChangePointRule = Type.Object(
  {
    ...ofEpisodes,
    kind: Type.Literal("change-point"),
    ...ofOneSignal,
    ...inRows,
    direction: Direction,
  },
  closed,
);

export const NoveltyRule = Type.Object(
  { ...ofEpisodes, kind: Type.Literal("novelty"), ...ofOneSignal, ...inRows },
  closed,
);

/** What the hub gives every signal that no rule speaks of; a plan may give it to one that has others. */
export const WatchRule = Type.Object(
  { ...ofEpisodes, kind: Type.Literal("watch"), ...ofOneSignal },
  closed,
);

export const MultivariateRule = Type.Object(
  {
    ...ofEpisodes,
    kind: Type.Literal("multivariate"),
    signals: Type.Array(SignalName, { minItems: 2, maxItems: 8 }),
    context: Type.Optional(Id),
    failureMode: Id,
    ...inRows,
  },
  closed,
);

export const BaselineDriftRule = Type.Object(
  {
    ...ofEpisodes,
    kind: Type.Literal("baseline-drift"),
    ...ofOneSignal,
    against: Type.Array(SignalName, {
      maxItems: 4,
      description: "what explains the signal: load, ambient temperature, speed",
    }),
    ...inRows,
    direction: Direction,
  },
  closed,
);

export type ChangePointRule = Static<typeof ChangePointRule>;
export type NoveltyRule = Static<typeof NoveltyRule>;
export type WatchRule = Static<typeof WatchRule>;
export type MultivariateRule = Static<typeof MultivariateRule>;
export type BaselineDriftRule = Static<typeof BaselineDriftRule>;
export type WindowCountRule = Static<typeof WindowCountRule>;
export type RateOfChangeRule = Static<typeof RateOfChangeRule>;

export const liveRules = [
  RateOfChangeRule,
  WindowCountRule,
  ChangePointRule,
  NoveltyRule,
  MultivariateRule,
  BaselineDriftRule,
  WatchRule,
] as const;
