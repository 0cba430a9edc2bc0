import { BoardCard } from "@firebreak/tickets/board-card.ts";
import { DispatchReason } from "@firebreak/tickets/dispatch/dispatch-reason.ts";
import { ticketFacts } from "@firebreak/tickets/ticket-facts.ts";
import type { TicketFilter } from "@firebreak/tickets/ticket-filter.ts";
import { closed, priorities, ticketStates } from "@firebreak/tickets/vocabulary.ts";
import { type Static, Type } from "typebox";
import { Instant, MachineId, OneOf, TicketId } from "./schemas.ts";

const Id = Type.Optional(Type.String({ minLength: 1, maxLength: 100 }));

/** What tickets are looked for by; the same in every list of them. */
export const ticketFilter = {
  machine: Type.Optional(MachineId),
  state: Type.Optional(
    OneOf(
      ["open", ...ticketStates],
      "open: every state before closed, cancelled or merged; closed: any of these three",
    ),
  ),
  kind: Type.Optional(OneOf(["work", "inspection", "repair", "parts"], "work: without parts")),
  priority: Type.Optional(OneOf(priorities)),
  trigger: Type.Optional(ticketFacts.trigger),
  region: Type.Optional(
    Type.String({ minLength: 1, maxLength: 100, description: "with all regions below it" }),
  ),
  station: Id,
  engineer: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 100,
      description: "`me`: the engineer who asks; `none`: nobody is assigned",
    }),
  ),
  customer: Id,
  dueBefore: Type.Optional(Instant),
  text: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
};

const FilterQuery = Type.Object(ticketFilter);

/** Without what was left out; `me` put in words. */
export function filterOf(
  query: Static<typeof FilterQuery>,
  engineerId: string | undefined,
): TicketFilter {
  const engineer = query.engineer === "me" ? (engineerId ?? "nobody") : query.engineer;
  const names = Object.keys(ticketFilter) as (keyof typeof ticketFilter)[];
  const given = names.flatMap((name) => (query[name] === undefined ? [] : [[name, query[name]]]));
  return {
    ...(Object.fromEntries(given) as TicketFilter),
    ...(engineer === undefined ? {} : { engineer }),
  };
}

export const BoardItem = Type.Object(
  {
    ...BoardCard.properties,
    parts: Type.Array(Type.Object({ ticketId: TicketId, state: OneOf(ticketStates) }, closed), {
      description: "the parts tickets of the job",
    }),
  },
  closed,
);

const Engineer = Type.Object(
  {
    engineerId: Type.String(),
    level: Type.String({ description: "how far the search went for this one" }),
    score: Type.Number(),
    etaMinutes: Type.Number(),
    km: Type.Optional(Type.Number()),
    assignedHours: Type.Number(),
    isInTime: Type.Boolean({ description: "there before the arrival clock is due" }),
    isSpecialist: Type.Boolean(),
    reasons: Type.Array(DispatchReason),
  },
  closed,
);

/** Names only for who may see people. */
export const CrewMember = Type.Object({
  engineerId: Type.String(),
  name: Type.Optional(Type.String()),
  stationId: Type.String(),
  regionId: Type.Optional(Type.String()),
  level: Type.String(),
  state: Type.String(),
  employment: Type.String(),
  flyingSquad: Type.Boolean(),
  assignedHours: Type.Number({ description: "standard hours of the open work" }),
  optimalLoadHours: Type.Number(),
  maxLoadHours: Type.Number(),
});

export const Suggestions = Type.Object(
  {
    chosen: Type.Optional(Engineer),
    runnerUp: Type.Optional(Engineer),
    ranked: Type.Array(Engineer),
    rejected: Type.Array(
      Type.Object({ engineerId: Type.String(), why: Type.Array(DispatchReason) }, closed),
    ),
    fallbackLevel: Type.String(),
    escalate: Type.Optional(DispatchReason),
  },
  closed,
);

export const Bundle = Type.Object(
  {
    anchorId: TicketId,
    stops: Type.Array(
      Type.Object({ ticketId: TicketId, km: Type.Number(), standardHours: Type.Number() }, closed),
      { description: "in the order of the tour" },
    ),
    standardHours: Type.Number(),
    tourKm: Type.Number({ description: "of one tour" }),
    separateKm: Type.Number({ description: "of a journey for each machine" }),
    savedKm: Type.Number(),
  },
  closed,
);
