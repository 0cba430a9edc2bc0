import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { isNarrowed, mayOn } from "@firebreak/kit/may-on.ts";
import { may } from "@firebreak/kit/roles.ts";
import { BoardFigures } from "@firebreak/tickets/board-figures.ts";
import type { CrewMember } from "@firebreak/tickets/orders/crew.ts";
import { ManualWork } from "@firebreak/tickets/orders/manual-work.ts";
import {
  accessToPossible,
  possibleOrderNames,
  possibleOrders,
} from "@firebreak/tickets/orders/possible-orders.ts";
import { Ticket, TicketSummary } from "@firebreak/tickets/ticket.ts";
import { closed } from "@firebreak/tickets/vocabulary.ts";
import { Type } from "typebox";
import { tellEvidence } from "../api/evidence-view.ts";
import { OneOf, Page, TicketId } from "../api/schemas.ts";
import { commandId } from "../api/ticket-commands.ts";
import {
  BoardItem,
  Bundle,
  CrewMember as CrewView,
  filterOf,
  Suggestions,
  ticketFilter,
} from "../api/ticket-queries.ts";
import { subjectOfTicket } from "../auth/route-scope.ts";
import { principalOf } from "./principal-of.ts";
import type { RouteDeps } from "./route-deps.ts";
import { actingOf } from "./ticket-orders.ts";

const tags = ["tickets"];
const mayRead = { access: "tickets.read" } as const;
const params = Type.Object({ ticketId: TicketId });
const paging = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 100 })),
  cursor: Type.Optional(Type.String({ maxLength: 1000 })),
};

function crewView(member: CrewMember, mayName: boolean) {
  const { engineerId, name, stationId, regionId, level, state, employment, flyingSquad } = member;
  const { assignedHours, optimalLoadHours, maxLoadHours } = member;
  return {
    engineerId,
    ...(mayName ? { name } : {}),
    stationId,
    ...(regionId === undefined ? {} : { regionId }),
    level,
    state,
    employment,
    flyingSquad,
    assignedHours,
    optimalLoadHours,
    maxLoadHours,
  };
}

/** Tickets as they are read, and the opening by hand. An unknown machine gives an empty list, not 404. */
export const ticketRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const { tickets } = ports;
  const listSchema = {
    tags,
    summary: "Tickets, newest first, without their timelines",
    querystring: Type.Object({ ...ticketFilter, ...paging }),
    response: { 200: Page(TicketSummary) },
  };
  app.get("/tickets", { schema: listSchema, config: mayRead }, async (request) => {
    const { limit = 100, cursor } = request.query;
    const filter = filterOf(request.query, principalOf(request).engineerId);
    return tickets.page({ ...filter, limit, ...(cursor === undefined ? {} : { after: cursor }) });
  });

  const boardSchema = {
    tags,
    summary: "The queue of dispatch: what is due first, or what is most at stake",
    querystring: Type.Object({
      ...ticketFilter,
      ...paging,
      sort: Type.Optional(OneOf(["due", "exposure"], "`due` when left out")),
    }),
    response: { 200: Page(BoardItem) },
  };
  app.get("/board", { schema: boardSchema, config: mayRead }, async (request) => {
    const { limit = 100, cursor, sort = "due" } = request.query;
    const filter = filterOf(request.query, principalOf(request).engineerId);
    const page = await tickets.board({
      ...filter,
      sort,
      limit,
      ...(cursor === undefined ? {} : { after: cursor }),
    });
    return {
      items: page.items.map((item) => ({ ...item, parts: [...item.parts] })),
      next: page.next,
    };
  });

  const figuresSchema = {
    tags,
    summary: "The queue of dispatch in numbers, of the same filters",
    querystring: Type.Object(ticketFilter),
    response: { 200: BoardFigures },
  };
  app.get("/board/figures", { schema: figuresSchema, config: mayRead }, async (request) =>
    tickets.boardFigures(filterOf(request.query, principalOf(request).engineerId)),
  );

  const crewSchema = {
    tags,
    summary: "Engineers with what they do now and the hours of work they have",
    response: { 200: Page(CrewView) },
  };
  app.get("/board/engineers", { schema: crewSchema, config: mayRead }, async (request) => {
    const mayName = may(principalOf(request).role, "people.read");
    const items = (await tickets.crew()).map((one) => crewView(one, mayName));
    return { items, next: null };
  });

  const oneSchema = {
    tags,
    summary: "One ticket with evidence, causes, checks, parts and timeline",
    params,
    response: { 200: Ticket },
  };
  app.get(
    "/tickets/:ticketId",
    { schema: oneSchema, config: mayRead },
    async ({ params: { ticketId } }) => {
      const ticket = await tickets.get(ticketId);
      return { ...ticket, evidence: await tellEvidence(ticket.evidence, ports) };
    },
  );

  const ordersSchema = {
    tags,
    summary: "What the one who asks can order of a ticket as it is now",
    description: "Each is the end of an address: `/tickets/<id>/<order>`.",
    params,
    response: { 200: Page(OneOf(possibleOrderNames)) },
  };
  app.get(
    "/tickets/:ticketId/orders",
    { schema: ordersSchema, config: mayRead },
    async (request) => {
      const principal = principalOf(request);
      const { role, engineerId, actor } = principal;
      const ticket = await tickets.get(request.params.ticketId);
      const orders = possibleOrders(ticket, { role, engineerId, actorId: actor });
      const needs = orders.map(accessToPossible);
      if (!needs.some((need) => isNarrowed(principal, need)))
        return { items: [...orders], next: null };
      const subject = await subjectOfTicket(ticket, ports);
      const items = orders.filter((one) => mayOn(principal, accessToPossible(one), subject));
      return { items, next: null };
    },
  );

  const openSchema = {
    tags,
    summary: "Open a ticket by hand",
    description:
      "A problem that has an open ticket already gets no second one: that one comes back.",
    body: Type.Object({ ...ManualWork.properties, commandId }, closed),
    response: { 200: Ticket },
  };
  app.post(
    "/tickets",
    { schema: openSchema, config: { access: "tickets.intake" } },
    async (request) => {
      const { commandId: id, ...wanted } = request.body;
      return tickets.open({ ...actingOf(request, id), wanted });
    },
  );

  const suggestionsSchema = {
    tags,
    summary: "Who could go, best first, and who could not and why",
    params,
    response: { 200: Type.Unsafe<object>(Suggestions) },
  };
  app.get(
    "/tickets/:ticketId/suggestions",
    { schema: suggestionsSchema, config: mayRead },
    async ({ params: { ticketId } }) => tickets.suggestions(ticketId),
  );

  const bundleSchema = {
    tags,
    summary: "What else could be done on the same journey; null when nothing lies on the way",
    params,
    querystring: Type.Object({ engineer: ticketFilter.station }),
    response: { 200: Type.Unsafe<object | null>(Type.Union([Bundle, Type.Null()])) },
  };
  app.get(
    "/tickets/:ticketId/bundle",
    { schema: bundleSchema, config: mayRead },
    async ({ params: { ticketId }, query: { engineer } }) =>
      (await tickets.bundle(ticketId, engineer)) ?? null,
  );
};
