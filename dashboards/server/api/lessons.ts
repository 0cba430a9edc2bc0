import { catalogueStates } from "@firebreak/tickets/lessons/catalogue.ts";
import { ruleModes } from "@firebreak/tickets/lessons/rule-modes.ts";
import { verdicts } from "@firebreak/tickets/lessons/verdict.ts";
import { Type } from "typebox";
import { Instant, OneOf } from "./schemas.ts";

const Count = Type.Integer({ minimum: 0 });
const MaybeNumber = Type.Union([Type.Number(), Type.Null()]);

const RuleRecord = Type.Object(
  {
    counts: Type.Object(
      Object.fromEntries(verdicts.map((verdict) => [verdict, Count])) as Record<
        (typeof verdicts)[number],
        typeof Count
      >,
    ),
    judged: Count,
    precision: MaybeNumber,
    precisionAtLeast: Type.Union([Type.Number(), Type.Null()], {
      description: "lower end of the 95 % interval",
    }),
    recall: MaybeNumber,
    leadDays: Type.Object({ median: MaybeNumber, p10: MaybeNumber, inTime: MaybeNumber }),
  },
  { title: "RuleRecord", description: "null while there is nothing to divide by" },
);

export const RuleLessons = Type.Object({
  planId: Type.String(),
  ruleId: Type.String(),
  mode: OneOf(ruleModes, "advisory: shown, opens no ticket"),
  record: RuleRecord,
  wasted: Type.Object({
    visits: Type.Integer({ minimum: 0, description: "journeys for nothing" }),
    costFen: Type.Integer({ minimum: 0, description: "of their hours and ways" }),
  }),
});

export const proposalStates = ["open", "approved", "rejected"] as const;

export const RuleProposal = Type.Object({
  proposalId: Type.String(),
  planId: Type.String(),
  ruleId: Type.String(),
  state: OneOf(proposalStates),
  openedAt: Instant,
  record: RuleRecord,
  limit: Type.Optional(
    Type.Object(
      {
        signal: Type.String(),
        unit: Type.String(),
        from: Type.Number({ description: "the plan's" }),
        to: Type.Number(),
        kept: Type.Integer({ minimum: 0, description: "right cases, all of which it would find" }),
        dropped: Type.Integer({ minimum: 0, description: "wrong ones it would not speak of" }),
      },
      { description: "a better limit by the verdicts; never applied by itself" },
    ),
  ),
  decidedBy: Type.Optional(Type.String()),
  note: Type.Optional(Type.String()),
});

export const FailureModeDraft = Type.Record(Type.String({ maxLength: 100 }), Type.Unknown(), {
  description: "a failure mode as in a plan's service section",
});

export const CatalogueProposal = Type.Object({
  proposalId: Type.String(),
  planId: Type.String(),
  faultCode: Type.String(),
  state: OneOf(catalogueStates),
  openedAt: Instant,
  ticketIds: Type.Array(Type.String()),
  mode: FailureModeDraft,
  proposedBy: Type.String(),
  reviewedBy: Type.Optional(Type.String()),
  note: Type.Optional(Type.String()),
});

export const CauseCounts = Type.Object({
  items: Type.Array(Type.Object({ causeId: Type.String(), count: Type.Integer({ minimum: 1 }) })),
  next: Type.Null(),
});

export const PartLife = Type.Object({
  partNo: Type.String(),
  estimate: Type.Union([
    Type.Object({
      medianLife: Type.Number({ description: "in `unit`" }),
      unit: OneOf(
        ["wear_life", "months"],
        "what the wear life counts; months where the use of some was not counted",
      ),
      method: OneOf(["kaplan_meier", "weibull"]),
      failures: Count,
      censored: Type.Integer({ minimum: 0, description: "still at work, or changed early" }),
    }),
    Type.Null(),
  ]),
});
