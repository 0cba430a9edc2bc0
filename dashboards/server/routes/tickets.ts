import { randomUUID } from "node:crypto";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Ticket, TicketSummary } from "@firebreak/tickets/ticket.ts";
import { ticketKinds } from "@firebreak/tickets/vocabulary.ts";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { HttpError } from "../api/error-reply.ts";
import { MachineId, OneOf, Page } from "../api/schemas.ts";
import { AcknowledgeBody, CloseBody } from "../api/ticket-commands.ts";
import type { RouteDeps } from "./route-deps.ts";

const tags = ["tickets"];
const mayRead = { access: "tickets.read" } as const;
const params = Type.Object({ ticketId: Type.String({ minLength: 1, maxLength: 100 }) });

/** Who acts, and under which command id; a caller that sends none gets a new one each time. */
function orderOf(request: FastifyRequest, ticketId: string, commandId: string | undefined) {
  const { principal } = request;
  if (principal === null) throw new HttpError("NOT_LOGGED_IN", "log in first");
  return {
    ticketId,
    actor: { kind: "person", id: principal.actor } as const,
    commandId: commandId ?? randomUUID(),
  };
}

/** An absent body counts as an empty one. */
const emptyBody = async (request: FastifyRequest) => {
  request.body ??= {};
};

/** Tickets, newest first. An unknown machine gives an empty list, not 404. */
export const ticketRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const { tickets } = ports;
  const listSchema = {
    tags,
    summary: "Tickets, newest first",
    querystring: Type.Object({
      machine: Type.Optional(MachineId),
      state: Type.Optional(
        OneOf(["open", "closed"], "open: every state before closed, cancelled or merged"),
      ),
      kind: Type.Optional(OneOf(ticketKinds)),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 100 })),
      cursor: Type.Optional(Type.String({ maxLength: 1000 })),
    }),
    response: { 200: Page(TicketSummary) },
  };
  app.get("/tickets", { schema: listSchema, config: mayRead }, async ({ query }) => {
    const { machine, state, kind, limit = 100, cursor } = query;
    return tickets.page({
      limit,
      ...(machine === undefined ? {} : { machine }),
      ...(state === undefined ? {} : { state }),
      ...(kind === undefined ? {} : { kind }),
      ...(cursor === undefined ? {} : { after: cursor }),
    });
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
    async ({ params: { ticketId } }) => tickets.get(ticketId),
  );

  const acknowledgeSchema = {
    tags,
    summary: "Take the ticket on",
    description: "The same commandId again changes nothing.",
    params,
    body: AcknowledgeBody,
    response: { 200: Ticket },
  };
  app.post(
    "/tickets/:ticketId/acknowledge",
    { schema: acknowledgeSchema, config: { access: "tickets.work" }, preValidation: emptyBody },
    async (request) => {
      const { commandId, note } = request.body;
      const order = orderOf(request, request.params.ticketId, commandId);
      return tickets.acknowledge(note ? { ...order, note } : order);
    },
  );

  const closeSchema = {
    tags,
    summary: "Close the ticket, with its parts tickets",
    description: "The ticket must have been acknowledged.",
    params,
    body: CloseBody,
    response: { 200: Ticket },
  };
  app.post(
    "/tickets/:ticketId/close",
    { schema: closeSchema, config: { access: "tickets.close" }, preValidation: emptyBody },
    async (request) => {
      const { commandId, note, outcome = "fixed", partsUsed } = request.body;
      const order = orderOf(request, request.params.ticketId, commandId);
      const result = { outcome, note: note || "closed without a note" };
      return tickets.close({
        ...order,
        ...result,
        ...(partsUsed === undefined ? {} : { partsUsed }),
      });
    },
  );
};
