import { type Static, Type } from "typebox";
import { Evidence } from "./evidence.ts";
import { workFacts } from "./lifecycle/work-facts.ts";
import { Assignment, resolutionModes, verificationStates } from "./lifecycle/work-shapes.ts";
import { PartsDemand } from "./parts/parts-demand.ts";
import { PartsLine } from "./parts/parts-line.ts";
import { SlaClock } from "./sla/sla-clock.ts";
import { TicketEvent } from "./ticket-event.ts";
import { ticketFacts } from "./ticket-facts.ts";
import {
  closed,
  Instant,
  literals,
  outcomes,
  TicketId,
  ticketStages,
  ticketStates,
} from "./vocabulary.ts";

/** One piece of work for people, as the API shows it: the fold of its timeline. */
export const Ticket = Type.Object(
  {
    ...ticketFacts,
    state: literals(ticketStates),
    stage: literals(ticketStages),
    ownerId: Type.String({ description: "empty until somebody acknowledges" }),
    assignment: Type.Optional(Assignment),
    rejectedBy: Type.Array(Type.String(), {
      description: "engineers who did not take it, by name or by silence",
    }),
    evidence: Type.Array(Evidence, { description: "the first and the newest; see evidenceCount" }),
    evidenceCount: Type.Integer({ minimum: 0, description: "pieces ever added" }),
    occurrenceCount: Type.Integer({ minimum: 0 }),
    /** What a parts ticket asks for and where it lies; empty for other kinds. */
    parts: Type.Array(PartsLine),
    demand: Type.Optional(PartsDemand),
    childIds: Type.Array(TicketId),
    mergedInto: Type.Optional(TicketId),
    absorbedIds: Type.Array(TicketId, { description: "tickets merged into this one" }),
    visitId: Type.Optional(Type.String()),
    sla: Type.Array(SlaClock, { description: "clocks, in the order of their start" }),
    verification: Type.Optional(
      Type.Object({ status: literals(verificationStates), detail: Type.String() }, closed),
    ),
    outcome: Type.Optional(literals(outcomes)),
    resolutionMode: Type.Optional(literals(resolutionModes)),
    visits: Type.Integer({ minimum: 0, description: "arrivals" }),
    reopenCount: Type.Integer({ minimum: 0 }),
    ...workFacts,
    createdAt: Instant,
    updatedAt: Instant,
    closedAt: Type.Optional(Instant),
    timeline: Type.Array(TicketEvent, { description: "append-only, oldest first" }),
    version: Type.Integer({ minimum: 1, description: "events in the timeline" }),
  },
  closed,
);

export type Ticket = Static<typeof Ticket>;

/** A ticket as lists have it; its timeline is read one by one. */
export const TicketSummary = Type.Omit(Ticket, ["timeline"]);
export type TicketSummary = Omit<Ticket, "timeline">;
