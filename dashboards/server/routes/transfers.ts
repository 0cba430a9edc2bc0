import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { Permission } from "@firebreak/kit/roles.ts";
import { PartLoan } from "@firebreak/tickets/parts/loans.ts";
import type { TransferStep } from "@firebreak/tickets/parts/stock-desk.ts";
import { transferStates } from "@firebreak/tickets/parts/stock-tables.ts";
import { Transfer } from "@firebreak/tickets/parts/transfers.ts";
import { closed } from "@firebreak/tickets/vocabulary.ts";
import { Type } from "typebox";
import { OneOf, Page, PageQuery, TicketId } from "../api/schemas.ts";
import { commandId, LocationId, PartNo, Pieces, Reason } from "../api/stock.ts";
import { actorOf } from "./principal-of.ts";
import type { RouteDeps } from "./route-deps.ts";

const tags = ["transfers"];
const mayRead = { access: "stock.read" } as const;
const mayWrite = { access: "stock.write" } as const;
const Id = Type.String({ minLength: 1, maxLength: 100 });

/** Transfers between places, and parts on loan. */
export const transferRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, deps) => {
  app.register(listRoutes, deps);
  app.register(stepRoutes, deps);
  app.register(loanRoutes, deps);
};

const listRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const desk = ports.stock;
  const listSchema = {
    tags,
    summary: "Transfers, newest first",
    querystring: Type.Object({
      open: Type.Optional(Type.Boolean({ description: "neither received, cancelled nor lost" })),
      state: Type.Optional(OneOf(transferStates)),
      location: Type.Optional(LocationId),
      ticket: Type.Optional(TicketId),
      ...PageQuery,
    }),
    response: { 200: Page(Transfer) },
  };
  app.get("/transfers", { schema: listSchema, config: mayRead }, async ({ query }) => {
    const { open, state, location, ticket, cursor, limit = 500 } = query;
    const page = await desk.transfers({
      isOpen: open,
      state,
      locationId: location,
      ticketId: ticket,
      limit,
      after: cursor,
    });
    return { items: [...page.items], next: page.next };
  });

  const oneSchema = {
    tags,
    summary: "One transfer",
    params: Type.Object({ transferId: Id }),
    response: { 200: Transfer },
  };
  app.get("/transfers/:transferId", { schema: oneSchema, config: mayRead }, async ({ params }) =>
    desk.transfer(params.transferId),
  );

  const moveSchema = {
    tags,
    summary: "Move free pieces from one place to another; needs approval",
    body: Type.Object(
      { commandId, partNo: PartNo, fromId: LocationId, toId: LocationId, quantity: Pieces },
      closed,
    ),
    response: { 200: Transfer },
  };
  app.post("/transfers", { schema: moveSchema, config: mayWrite }, async (request) => {
    const { fromId, ...wish } = request.body;
    return desk.move({ ...wish, locationId: fromId, actor: actorOf(request) });
  });
};

interface Step {
  readonly step: TransferStep;
  readonly summary: string;
  readonly access: Permission;
  readonly needsReason?: boolean;
}

const steps: readonly Step[] = [
  { step: "approve", summary: "Let it go", access: "transfers.approve" },
  { step: "pick", summary: "Taken off the shelf", access: "stock.write" },
  { step: "send", summary: "On its way", access: "stock.write" },
  { step: "receive", summary: "Arrived at its destination", access: "stock.write" },
  {
    step: "lose",
    summary: "Will never arrive: booked as a loss, and looked for afresh",
    access: "transfers.approve",
    needsReason: true,
  },
  {
    step: "cancel",
    summary: "Will not be sent: looked for elsewhere",
    access: "transfers.approve",
    needsReason: true,
  },
];

const stepRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  for (const { step, summary, access, needsReason } of steps) {
    const schema = {
      tags,
      summary,
      params: Type.Object({ transferId: Id }),
      body: Type.Object(
        { commandId, reason: needsReason ? Reason : Type.Optional(Reason) },
        closed,
      ),
      response: { 200: Transfer },
    };
    app.post(
      `/transfers/:transferId/${step}`,
      { schema, config: { access } },
      async ({ body, params: { transferId }, principal }) =>
        ports.stock.stepTransfer({ ...body, transferId, step, actor: actorOf({ principal }) }),
    );
  }
};

const loanRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const desk = ports.stock;
  const params = Type.Object({ loanId: Id });
  const listSchema = {
    tags,
    summary: "Parts on loan, those out longest first",
    querystring: Type.Object({
      open: Type.Optional(Type.Boolean({ description: "parts out, or an old part owed" })),
      engineer: Type.Optional(Id),
      location: Type.Optional(LocationId),
      ...PageQuery,
    }),
    response: { 200: Page(PartLoan) },
  };
  app.get("/part-loans", { schema: listSchema, config: mayRead }, async ({ query }) => {
    const { open, engineer, location, cursor, limit = 500 } = query;
    const wanted = { isOpen: open, engineerId: engineer, locationId: location };
    const page = await desk.loans({ ...wanted, limit, after: cursor });
    return { items: [...page.items], next: page.next };
  });

  const quantity = Type.Optional(Type.Integer({ minimum: 1, description: "all that are out" }));
  const returnSchema = {
    tags,
    summary: "Unused pieces are back",
    params,
    body: Type.Object({ commandId, quantity, locationId: Type.Optional(LocationId) }, closed),
    response: { 200: PartLoan },
  };
  app.post(
    "/part-loans/:loanId/return",
    { schema: returnSchema, config: mayWrite },
    async (request) =>
      desk.returnLoan({ ...request.body, ...request.params, actor: actorOf(request) }),
  );

  const oldPartSchema = {
    tags,
    summary: "The old part of a repair in warranty is back",
    params,
    body: Type.Object({ commandId }, closed),
    response: { 200: PartLoan },
  };
  app.post(
    "/part-loans/:loanId/return-old-part",
    { schema: oldPartSchema, config: mayWrite },
    async (request) =>
      desk.returnOldPart({ ...request.body, ...request.params, actor: actorOf(request) }),
  );

  const consumeSchema = {
    tags,
    summary: "Pieces were fitted, by a report on paper",
    params,
    body: Type.Object(
      { commandId, quantity, reportLine: Type.String({ minLength: 1, maxLength: 200 }) },
      closed,
    ),
    response: { 200: PartLoan },
  };
  app.post(
    "/part-loans/:loanId/consume",
    { schema: consumeSchema, config: mayWrite },
    async (request) =>
      desk.consumeLoan({ ...request.body, ...request.params, actor: actorOf(request) }),
  );
};
