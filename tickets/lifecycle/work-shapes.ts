import { type Static, Type } from "typebox";
import { closed, Instant, literals, outcomes } from "../vocabulary.ts";

/** Why, by code, with the figures its text names; `dispatch/` has the texts. */
export const Reason = Type.Object(
  {
    code: Type.String({ minLength: 1 }),
    params: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]))),
  },
  closed,
);
export type Reason = Static<typeof Reason>;

const EngineerId = Type.String({ minLength: 1 });

/** Who goes, and why this one and not another (AG-5). */
export const Assignment = Type.Object(
  {
    engineerId: EngineerId,
    score: Type.Number({
      description: "0 to 1; 0 when a person chose somebody who was not ranked",
    }),
    reasons: Type.Array(Reason, { description: "most telling first" }),
    at: Instant,
    standardHours: Type.Optional(Type.Number({ minimum: 0, description: "booked as load" })),
    fallbackLevel: Type.Optional(
      Type.String({ description: "how far the search went: own station, region, flying squad..." }),
    ),
    arrivalEstimateAt: Type.Optional(Instant),
    runnerUp: Type.Optional(Type.Object({ engineerId: EngineerId, score: Type.Number() }, closed)),
    overridden: Type.Optional(
      Type.Object(
        { suggestedEngineerId: Type.Optional(EngineerId), reason: Type.String({ minLength: 1 }) },
        { ...closed, description: "a person chose somebody else than was suggested" },
      ),
    ),
    isAutomatic: Type.Optional(Type.Boolean()),
    acceptBy: Type.Optional(Instant),
    acceptedAt: Type.Optional(Instant),
  },
  closed,
);
export type Assignment = Static<typeof Assignment>;

/** One journey of an engineer to the machine. */
export const Visit = Type.Object(
  {
    visitNo: Type.Integer({ minimum: 1 }),
    engineerId: EngineerId,
    departedAt: Instant,
    arrivedAt: Type.Optional(Instant),
    startedAt: Type.Optional(Instant),
    leftAt: Type.Optional(Instant),
    consultCount: Type.Integer({ minimum: 0 }),
    outcome: Type.Optional(literals(outcomes)),
  },
  closed,
);
export type Visit = Static<typeof Visit>;

export const attemptResults = ["fixed", "not_fixed", "awaiting_parts", "no_fault_found"] as const;

/** One judgement and what was done upon it. */
export const Attempt = Type.Object(
  {
    judgement: Type.String({ minLength: 1, maxLength: 2000 }),
    handling: Type.String({ minLength: 1, maxLength: 2000 }),
    result: literals(attemptResults),
    supportedBy: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  },
  closed,
);
export type Attempt = Static<typeof Attempt>;

export const consultModes = ["expert", "hotline", "maker"] as const;

/** Help from somebody who is not there. */
export const Consult = Type.Object(
  {
    mode: literals(consultModes),
    expertId: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    question: Type.String({ minLength: 1, maxLength: 2000 }),
    advice: Type.Optional(Type.String({ minLength: 1, maxLength: 2000 })),
  },
  closed,
);
export type Consult = Static<typeof Consult>;

export const holdReasons = ["customer_postponed", "site_closed", "safety"] as const;
export type HoldReason = (typeof holdReasons)[number];

export const resolutionModes = [
  "remote_guidance",
  "self_replacement_guided",
  "on_site",
  "workshop",
] as const;
export type ResolutionMode = (typeof resolutionModes)[number];

export const verificationStates = [
  "pending",
  "passed",
  "failed",
  "inconclusive",
  "not_applicable",
] as const;

export const MissingPart = Type.Object(
  { partNo: Type.String({ minLength: 1, maxLength: 100 }), quantity: Type.Integer({ minimum: 1 }) },
  closed,
);
export type MissingPart = Static<typeof MissingPart>;
