import type { Evidence as FindingEvidence, Measure } from "@firebreak/rules/finding.ts";
import { type Static, Type } from "typebox";
import { closed, Instant, literals } from "./vocabulary.ts";

type LampState = Extract<FindingEvidence, { kind: "dtc" }>["lamps"]["mil"];

const Lamp = literals([
  "off",
  "on",
  "slow-flash",
  "fast-flash",
  "error",
  "not-available",
] as const satisfies readonly LampState[]);

const measures = [
  "rate",
  "count",
  "duration",
  "shift",
  "novelty",
  "difference",
] as const satisfies readonly Measure[];

export const I18nText = Type.Object(
  { en: Type.String({ minLength: 1 }), "zh-CN": Type.String({ minLength: 1 }) },
  closed,
);
export type I18nText = Static<typeof I18nText>;

const NumberOrNull = Type.Union([Type.Number(), Type.Null()]);

const OnsetValue = Type.Object(
  {
    signal: Type.String(),
    unit: Type.String(),
    value: NumberOrNull,
    quality: Type.String(),
    ageSeconds: Type.Number({ minimum: 0, description: "how old the value was" }),
  },
  closed,
);

const Fact = Type.Union([
  Type.Object({ is: Type.Literal("amount"), value: Type.Number(), unit: Type.String() }, closed),
  Type.Object({ is: Type.Literal("count"), value: Type.Number() }, closed),
  Type.Object({ is: Type.Literal("share"), value: Type.Number() }, closed),
  Type.Object({ is: Type.Literal("duration"), seconds: Type.Number() }, closed),
  Type.Object({ is: Type.Literal("time"), at: Instant }, closed),
  Type.Object({ is: Type.Literal("signals"), signals: Type.Array(Type.String()) }, closed),
]);

/** How often checks have found that a rule was right. */
export const RuleTrust = Type.Object(
  {
    judged: Type.Integer({ minimum: 0, description: "verdicts for or against the rule" }),
    right: Type.Integer({ minimum: 0 }),
    precisionAtLeast: Type.Union([Type.Number(), Type.Null()], {
      description: "lower end of the 95 % Wilson interval; null without a verdict",
    }),
  },
  closed,
);
export type RuleTrust = Static<typeof RuleTrust>;

/** Where a piece of evidence comes from and the machine's time it covers. */
const origin = {
  findingId: Type.String({ minLength: 1 }),
  planRef: Type.String(),
  rule: Type.String({ description: "id of the rule" }),
  from: Instant,
  to: Instant,
  sentence: Type.Optional(
    Type.Object(I18nText.properties, {
      ...closed,
      description: "all of it in one sentence; told where one ticket is read, not in lists",
    }),
  ),
  trust: Type.Optional(RuleTrust),
};

/** Why we think so: a finding's evidence and the finding it came with. */
export const Evidence = Type.Union([
  Type.Object(
    {
      kind: Type.Literal("dtc"),
      ...origin,
      spn: Type.Integer({ minimum: 0 }),
      fmi: Type.Integer({ minimum: 0 }),
      oc: Type.Union([Type.Integer(), Type.Null()], { description: "null: not available" }),
      sa: Type.Integer({ minimum: 0, maximum: 255 }),
      network: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: 255,
          description: "another network of the machine; from 128 on `sa` is a CANopen node",
        }),
      ),
      isUncertain: Type.Optional(
        Type.Literal(true, { description: "an old layout: the maker may mean another SPN" }),
      ),
      life: Type.Optional(
        Type.Object(
          { first: Instant, last: Instant, messages: Type.Integer({ minimum: 0 }) },
          { ...closed, description: "when it was first and last named, and how often" },
        ),
      ),
      onset: Type.Optional(
        Type.Array(OnsetValue, { description: "the plan's key signals as it began" }),
      ),
      lamps: Type.Object(
        { mil: Lamp, redStop: Lamp, amberWarning: Lamp, protect: Lamp },
        { ...closed, description: "of the DM1 message, not of this code alone" },
      ),
    },
    closed,
  ),
  Type.Object(
    {
      kind: Type.Literal("signal"),
      ...origin,
      signal: Type.String(),
      unit: Type.String(),
      observed: NumberOrNull,
      limit: NumberOrNull,
      measure: Type.Optional(
        Type.Enum(measures, {
          description: "what was measured, where it is not the signal's value",
        }),
      ),
      quality: Type.String(),
      context: Type.Union([Type.String(), Type.Null()]),
      expected: Type.Optional(
        Type.Object(
          { low: NumberOrNull, high: NumberOrNull },
          { ...closed, description: "in the unit; null: open on that side" },
        ),
      ),
      others: Type.Optional(
        Type.Array(Type.String(), { description: "other signals it rests on" }),
      ),
      confidence: Type.Optional(
        Type.Number({ minimum: 0, maximum: 1, description: "of the rule in this estimate" }),
      ),
      says: Type.Optional(
        Type.Object(
          { word: Type.String(), facts: Type.Record(Type.String(), Fact) },
          { ...closed, description: "what the rule's kind has to say of it" },
        ),
      ),
      signalTitle: Type.Optional(
        Type.Object(I18nText.properties, {
          ...closed,
          description: "the plan's name of a signal that is derived, not measured",
        }),
      ),
      contextTitle: Type.Optional(
        Type.Object(I18nText.properties, {
          ...closed,
          description: "the plan's name of the context",
        }),
      ),
    },
    closed,
  ),
  Type.Object(
    {
      kind: Type.Literal("silence"),
      ...origin,
      cause: Type.String({ description: "why nothing came of the machine" }),
      isCertain: Type.Boolean({ description: "false: only the likeliest" }),
      detail: Type.String({ description: "what tells it; empty where nothing more is known" }),
    },
    closed,
  ),
]);
export type Evidence = Static<typeof Evidence>;
