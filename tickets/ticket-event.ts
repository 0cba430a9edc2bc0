import { type Static, Type } from "typebox";
import { eventOf, Note } from "./event-shape.ts";
import { partsEvents } from "./parts/parts-events.ts";
import { PartsLine } from "./parts/parts-line.ts";
import { ticketFacts } from "./ticket-facts.ts";
import { literals, outcomes, priorities, TicketId } from "./vocabulary.ts";
import { workEvents } from "./work-events.ts";

/** What happens to tickets of every kind. */
const sharedEvents = [
  eventOf("opened", ticketFacts),
  eventOf("priority-raised", {
    from: literals(priorities),
    to: literals(priorities),
    reason: Type.String(),
  }),
  eventOf("child-linked", { childId: TicketId }),
  eventOf("closed", {
    outcome: Type.Optional(literals(outcomes)),
    note: Note,
    how: Type.Optional(literals(["follow_up", "auto", "dispatcher"])),
    lines: Type.Optional(Type.Array(PartsLine)),
  }),
  eventOf("cancelled", { reason: Note, lines: Type.Optional(Type.Array(PartsLine)) }),
  eventOf("merged", { into: TicketId }),
] as const;

/** What happened to a ticket. Events hold results, never inputs to be computed again. */
export const TicketEvent = Type.Union([...sharedEvents, ...workEvents, ...partsEvents]);
export type TicketEvent = Static<typeof TicketEvent>;

type WithoutStamp<Event> = Event extends unknown
  ? Omit<Event, "seq" | "at" | "actor" | "commandId">
  : never;
/** An event before it is stamped with its place, time and author. */
export type EventResult = WithoutStamp<TicketEvent>;
