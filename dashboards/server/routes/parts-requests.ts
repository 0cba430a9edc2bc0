import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { approvalLevelOf } from "@firebreak/kit/roles.ts";
import { Ticket } from "@firebreak/tickets/ticket.ts";
import { closed } from "@firebreak/tickets/vocabulary.ts";
import { Type } from "typebox";
import { HttpError } from "../api/error-reply.ts";
import { TicketId } from "../api/schemas.ts";
import { commandId, PartNo, Pieces, Reason } from "../api/stock.ts";
import { actorOf, principalOf } from "./principal-of.ts";
import type { RouteDeps } from "./route-deps.ts";

const tags = ["parts requests"];
const params = Type.Object({ ticketId: TicketId });
const mayWrite = { access: "stock.write" } as const;
const mayRequest = { access: "parts.request" } as const;
const path = "/tickets/:ticketId/parts";

/** What is done with parts tickets: asked for, approved, promised, laid out, handed out, closed. */
export const partsRequestRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, deps) => {
  app.register(askingRoutes, deps);
  app.register(servingRoutes, deps);
};

const askingRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const desk = ports.stock;
  const requestSchema = {
    tags,
    summary: "Ask for parts for a job",
    description: "Gives the new parts ticket; null when all of it is asked for already.",
    params,
    body: Type.Object(
      {
        commandId,
        lines: Type.Array(Type.Object({ partNo: PartNo, quantity: Pieces }, closed), {
          minItems: 1,
          maxItems: 50,
        }),
        neededBy: Type.Optional(Type.String({ format: "date-time" })),
      },
      closed,
    ),
    response: { 200: Type.Union([Ticket, Type.Null()]) },
  };
  app.post(`${path}/request`, { schema: requestSchema, config: mayRequest }, async (request) =>
    desk.request({ ...request.body, ...request.params, actor: actorOf(request) }),
  );

  const approveSchema = {
    tags,
    summary: "Agree to a parts request of one's level or below",
    params,
    body: Type.Object({ commandId, reason: Type.Optional(Reason) }, closed),
    response: { 200: Ticket },
  };
  app.post(
    `${path}/approve`,
    { schema: approveSchema, config: { access: "parts.approve" } },
    async (request) => {
      const { reason = "approved", commandId: id } = request.body;
      const level = approvalLevelOf(principalOf(request).role);
      if (!level) throw new HttpError("NOT_ALLOWED", "this role approves no parts");
      const order = { actor: actorOf(request), commandId: id, ...request.params };
      return desk.approveRequest({ ...order, level, reason });
    },
  );

  const cancelSchema = {
    tags,
    summary: "Refuse or end a parts request: what is kept for it is free again",
    params,
    body: Type.Object({ commandId, reason: Reason }, closed),
    response: { 200: Ticket },
  };
  app.post(
    `${path}/cancel`,
    { schema: cancelSchema, config: { access: "parts.approve" } },
    async (request) =>
      desk.cancelRequest({ ...request.body, ...request.params, actor: actorOf(request) }),
  );
};

const servingRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const desk = ports.stock;
  const commitSchema = {
    tags,
    summary: "Promise the date the parts will be there",
    params,
    body: Type.Object({ commandId, commitAt: Type.String({ format: "date-time" }) }, closed),
    response: { 200: Ticket },
  };
  app.post(`${path}/commit`, { schema: commitSchema, config: mayWrite }, async (request) =>
    desk.commitDate({ ...request.body, ...request.params, actor: actorOf(request) }),
  );

  const handOutSchema = {
    tags,
    summary: "Hand out what is at hand: to the engineer on loan, or to the customer",
    params,
    body: Type.Object(
      {
        commandId,
        engineerId: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
        isIssue: Type.Optional(
          Type.Boolean({ description: "to the customer, who fits it himself" }),
        ),
      },
      closed,
    ),
    response: { 200: Ticket },
  };
  app.post(`${path}/hand-out`, { schema: handOutSchema, config: mayWrite }, async (request) =>
    desk.handOut({ ...request.body, ...request.params, actor: actorOf(request) }),
  );

  const plain = {
    source: { summary: "Look once more for what is backordered", run: desk.sourceAgain },
    ready: { summary: "Lay out what lies at the destination", run: desk.layOut },
    close: { summary: "Close what is settled", run: desk.closeRequest },
  };
  for (const [name, { summary, run }] of Object.entries(plain)) {
    const body = Type.Object({ commandId }, closed);
    const schema = { tags, summary, params, body, response: { 200: Ticket } };
    app.post(`${path}/${name}`, { schema, config: mayWrite }, async (request) =>
      run({ ...request.body, ...request.params, actor: actorOf(request) }),
    );
  }
};
