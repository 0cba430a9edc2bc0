import { type Static, Type } from "typebox";
import { closed, Instant, literals, ticketStates } from "../vocabulary.ts";
import { holdReasons, Visit } from "./work-shapes.ts";

/** What the timeline of an inspection or repair adds up to, beside what every ticket has. */
export const workFacts = {
  visitLog: Type.Array(Visit, { description: "journeys, in the order of departure" }),
  attemptCount: Type.Integer({ minimum: 0, description: "judgements tried, over all visits" }),
  consultCount: Type.Integer({ minimum: 0 }),
  leftWithoutFix: Type.Boolean({ description: "an engineer left the site and it was not fixed" }),
  customerReported: Type.Boolean(),
  activeFindings: Type.Array(Type.String(), {
    description: "findings that have not been cleared since they were last seen",
  }),
  failedSteps: Type.Array(Type.String(), { description: "of the checklist of the last finish" }),
  flapping: Type.Optional(
    Type.Object(
      {
        onsetCount: Type.Integer({ minimum: 1, description: "most within one minute" }),
        totalCount: Type.Optional(
          Type.Integer({ minimum: 1, description: "crossings of the limit in all, of a signal" }),
        ),
        at: Instant,
      },
      closed,
    ),
  ),
  hold: Type.Optional(
    Type.Object(
      {
        reason: literals(holdReasons),
        since: Instant,
        previousState: literals(ticketStates),
        until: Type.Optional(Instant),
        remindedAt: Type.Optional(Instant),
      },
      closed,
    ),
  ),
  workshop: Type.Optional(
    Type.Object(
      {
        receivedAt: Instant,
        isInWarranty: Type.Boolean(),
        loanerRequestedAt: Type.Optional(Instant),
      },
      closed,
    ),
  ),
  finishedAt: Type.Optional(Instant),
  /** The finish that verification confirmed. */
  restoredAt: Type.Optional(Instant),
  reportId: Type.Optional(Type.String({ description: "of the last service report handed in" })),
  confirmedFault: Type.Optional(
    Type.Object({ faultCode: Type.String(), causeId: Type.Optional(Type.String()) }, closed),
  ),
  acknowledgedAt: Type.Optional(Instant),
  /** Since when it waits for the customer's word. */
  followUpAt: Type.Optional(Instant),
  closeBlockedAt: Type.Optional(Instant),
  nobodyFoundAt: Type.Optional(Instant),
} as const;

const WorkFacts = Type.Object(workFacts, closed);
export type WorkFacts = Static<typeof WorkFacts>;

export const noWork = {
  visitLog: [],
  attemptCount: 0,
  consultCount: 0,
  leftWithoutFix: false,
  customerReported: false,
  activeFindings: [],
  failedSteps: [],
} as const satisfies Partial<WorkFacts>;
