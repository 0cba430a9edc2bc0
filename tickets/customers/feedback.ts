import { type Static, Type } from "typebox";
import { closed, Instant, literals } from "../vocabulary.ts";

export const expectations = ["exceed", "above", "meet", "below"] as const;
export const dimensionNames = [
  "tangibles",
  "reliability",
  "responsiveness",
  "assurance",
  "empathy",
] as const;
export const feedbackSources = ["micro", "follow_up", "quarterly"] as const;
export type FeedbackSource = (typeof feedbackSources)[number];

const OneToFive = Type.Integer({ minimum: 1, maximum: 5 });

/** What a customer says of the service (§3.15). */
export const FeedbackContent = Type.Object(
  {
    npsScore: Type.Optional(Type.Integer({ minimum: 0, maximum: 10 })),
    csat: Type.Optional(OneToFive),
    expectation: Type.Optional(literals(expectations)),
    dimensions: Type.Optional(
      Type.Object(
        Object.fromEntries(
          dimensionNames.map((name) => [name, Type.Optional(OneToFive)]),
        ) as Record<
          (typeof dimensionNames)[number],
          ReturnType<typeof Type.Optional<typeof OneToFive>>
        >,
        closed,
      ),
    ),
    comment: Type.Optional(Type.String({ minLength: 1, maxLength: 2_000 })),
  },
  { ...closed, minProperties: 1 },
);
export type FeedbackContent = Static<typeof FeedbackContent>;

/** As headquarters see it. */
export const Feedback = Type.Object(
  {
    ...FeedbackContent.properties,
    feedbackId: Type.String(),
    source: literals(feedbackSources),
    channel: literals(["link", "phone"]),
    ticketId: Type.Optional(Type.String()),
    customerId: Type.Optional(Type.String()),
    machineId: Type.Optional(Type.String()),
    regionId: Type.Optional(Type.String()),
    stationId: Type.Optional(Type.String()),
    engineerId: Type.Optional(Type.String()),
    productType: Type.Optional(Type.String()),
    submittedAt: Instant,
  },
  closed,
);
export type Feedback = Static<typeof Feedback>;

/** How the same answers look as numbers; null where nobody answered (FB-3). */
export const FeedbackSummary = Type.Object(
  {
    answers: Type.Integer({ minimum: 0 }),
    nps: Type.Union([Type.Number(), Type.Null()], {
      description: "% of 9-10 minus % of 0-6, -100 to 100",
    }),
    csat: Type.Union([Type.Number(), Type.Null()], { description: "share of 4 and 5, 0 to 1" }),
    expectations: Type.Object(
      Object.fromEntries(
        expectations.map((name) => [name, Type.Integer({ minimum: 0 })]),
      ) as Record<(typeof expectations)[number], ReturnType<typeof Type.Integer>>,
      closed,
    ),
    dimensions: Type.Object(
      Object.fromEntries(
        dimensionNames.map((name) => [name, Type.Union([Type.Number(), Type.Null()])]),
      ) as Record<
        (typeof dimensionNames)[number],
        ReturnType<
          typeof Type.Union<[ReturnType<typeof Type.Number>, ReturnType<typeof Type.Null>]>
        >
      >,
      { ...closed, description: "means of 1 to 5" },
    ),
  },
  closed,
);
export type FeedbackSummary = Static<typeof FeedbackSummary>;
