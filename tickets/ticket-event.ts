import { type Static, type TProperties, Type } from "typebox";
import { Evidence } from "./evidence.ts";
import { PartsLine } from "./parts/parts-line.ts";
import { ticketFacts } from "./ticket-facts.ts";
import { Actor, closed, Instant, literals, outcomes, priorities, TicketId } from "./vocabulary.ts";

const common = {
  seq: Type.Integer({ minimum: 1, description: "position in the timeline, from 1" }),
  at: Instant,
  actor: Actor,
  commandId: Type.String({ minLength: 1 }),
};

const event = <const Name extends string, Facts extends TProperties>(type: Name, facts: Facts) =>
  Type.Object({ ...common, type: Type.Literal(type), ...facts }, closed);

const Note = Type.String({ minLength: 1, maxLength: 4000 });
const FindingRef = { findingId: Type.String({ minLength: 1 }), machineAt: Instant };

/** What happened to a ticket. Events hold results, never inputs to be computed again. */
export const TicketEvent = Type.Union([
  event("opened", ticketFacts),
  event("evidence-added", {
    ...FindingRef,
    evidence: Type.Array(Evidence),
    isOccurrence: Type.Boolean({ description: "a new onset: counts as an occurrence" }),
  }),
  event("finding-cleared", FindingRef),
  event("priority-raised", {
    from: literals(priorities),
    to: literals(priorities),
    reason: Type.String(),
  }),
  event("child-linked", { childId: TicketId }),
  event("acknowledged", { note: Type.Optional(Note) }),
  event("parts-requested", { lines: Type.Array(PartsLine, { minItems: 1 }) }),
  event("parts-approved", { reason: Type.String() }),
  event("parts-sourcing", {}),
  event("parts-reserved", { lines: Type.Array(PartsLine, { minItems: 1 }) }),
  event("parts-backordered", { lines: Type.Array(PartsLine, { minItems: 1 }) }),
  event("closed", {
    outcome: Type.Optional(literals(outcomes)),
    note: Note,
    lines: Type.Optional(Type.Array(PartsLine)),
  }),
  event("cancelled", { reason: Note, lines: Type.Optional(Type.Array(PartsLine)) }),
  event("merged", { into: TicketId }),
]);
export type TicketEvent = Static<typeof TicketEvent>;
