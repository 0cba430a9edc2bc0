import { type Static, Type } from "typebox";
import { I18nText } from "./evidence.ts";
import { exposureOf } from "./lifecycle/exposure.ts";
import { firstDue } from "./lifecycle/next-due.ts";
import { holdReasons, verificationStates } from "./lifecycle/work-shapes.ts";
import { clockKinds, reachedLevels } from "./sla/sla-clock.ts";
import type { Ticket } from "./ticket.ts";
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

const { kind, priority, trigger, machineId, customerId, siteId, stationId, regionId } = ticketFacts;
const { faultCode, component, parentId, safetyRelated, tier, dueWindow } = ticketFacts;

/** What lists and the dispatch board show of a ticket; kept beside it, so that no list has to read timelines. */
export const BoardCard = Type.Object(
  {
    ticketId: TicketId,
    kind,
    priority,
    trigger,
    state: literals(ticketStates),
    stage: literals(ticketStages),
    title: I18nText,
    machineId,
    customerId,
    siteId,
    stationId,
    regionId,
    faultCode,
    component,
    parentId,
    safetyRelated,
    tier,
    dueWindow,
    childIds: Type.Array(TicketId),
    occurrenceCount: Type.Integer({ minimum: 0 }),
    customerReported: Type.Boolean(),
    isFlapping: Type.Boolean(),
    reopenCount: Type.Integer({ minimum: 0 }),
    visits: Type.Integer({ minimum: 0 }),
    engineerId: Type.Optional(Type.String()),
    isAccepted: Type.Boolean(),
    visitId: Type.Optional(Type.String()),
    ownerId: Type.String(),
    hold: Type.Optional(literals(holdReasons)),
    verification: Type.Optional(literals(verificationStates)),
    outcome: Type.Optional(literals(outcomes)),
    due: Type.Optional(
      Type.Object(
        {
          at: Instant,
          clock: literals(clockKinds),
          toldLevel: Type.Optional(literals(reachedLevels)),
          startedAt: Instant,
        },
        { ...closed, description: "the running clock that is due first" },
      ),
    ),
    exposure: Type.Integer({ description: "points: more is at stake while it waits" }),
    createdAt: Instant,
    updatedAt: Instant,
    closedAt: Type.Optional(Instant),
    version: Type.Integer({ minimum: 1 }),
  },
  closed,
);
export type BoardCard = Static<typeof BoardCard>;

type Copied =
  | "ticketId"
  | "kind"
  | "priority"
  | "trigger"
  | "state"
  | "stage"
  | "title"
  | "stationId"
  | "regionId"
  | "childIds"
  | "occurrenceCount"
  | "customerReported"
  | "reopenCount"
  | "visits"
  | "ownerId"
  | "createdAt"
  | "updatedAt"
  | "version";

/** Copied when the ticket has them. */
const optional = [
  "machineId",
  "customerId",
  "siteId",
  "faultCode",
  "component",
  "parentId",
  "safetyRelated",
  "tier",
  "dueWindow",
  "visitId",
  "outcome",
  "closedAt",
] as const;

export function cardOf(ticket: Ticket): BoardCard {
  const { assignment, hold, verification, flapping } = ticket;
  const due = firstDue(ticket);
  return {
    ...always(ticket),
    ...(Object.fromEntries(
      optional.flatMap((name) => (ticket[name] === undefined ? [] : [[name, ticket[name]]])),
    ) as Partial<Pick<Ticket, (typeof optional)[number]>>),
    isFlapping: flapping !== undefined,
    isAccepted: assignment?.acceptedAt !== undefined,
    exposure: exposureOf(ticket),
    ...(assignment ? { engineerId: assignment.engineerId } : {}),
    ...(hold ? { hold: hold.reason } : {}),
    ...(verification ? { verification: verification.status } : {}),
    ...(due
      ? {
          due: {
            at: due.dueAt,
            clock: due.kind,
            startedAt: due.startedAt,
            ...(due.toldLevel === undefined ? {} : { toldLevel: due.toldLevel }),
          },
        }
      : {}),
  };
}

function always(ticket: Ticket): Pick<Ticket, Copied> {
  const { ticketId, kind, priority, trigger, state, stage, title, stationId, regionId } = ticket;
  const { childIds, occurrenceCount, customerReported, reopenCount, visits, ownerId } = ticket;
  const { createdAt, updatedAt, version } = ticket;
  return {
    ticketId,
    kind,
    priority,
    trigger,
    state,
    stage,
    title,
    stationId,
    regionId,
    childIds,
    occurrenceCount,
    customerReported,
    reopenCount,
    visits,
    ownerId,
    createdAt,
    updatedAt,
    version,
  };
}
