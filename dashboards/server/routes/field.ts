import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { may } from "@firebreak/kit/roles.ts";
import { SyncReply, SyncRequest } from "@firebreak/tickets/field/field-command.ts";
import { MyWorkItem, VerificationProgress } from "@firebreak/tickets/field/field-desk.ts";
import { ServiceReport } from "@firebreak/tickets/field/service-report.ts";
import { SmartWorkOrder } from "@firebreak/tickets/field/work-order.ts";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { HttpError } from "../api/error-reply.ts";
import { Page, TicketId } from "../api/schemas.ts";
import { actorOf, principalOf } from "./principal-of.ts";
import type { RouteDeps } from "./route-deps.ts";

const tags = ["field"];
const params = Type.Object({ ticketId: TicketId });
/** A day's work of one phone, reports and all. */
const syncBytes = 4 * 1024 * 1024;
const syncTimeoutMs = 5 * 60_000;

/** `<ticket id>:<etag>`, as the phone holds it. */
const Have = Type.String({ pattern: "^[^:]{1,100}:[A-Za-z0-9_-]{22}$" });

/** Whoever may not see people is not told whom to call. */
const forReader = (request: FastifyRequest, order: SmartWorkOrder): SmartWorkOrder =>
  may(principalOf(request).role, "people.read") ? order : { ...order, contacts: [] };

/** Whose work: an engineer's own; others say whose. */
function engineerOf(request: FastifyRequest, asked: string | undefined): string {
  const { role, engineerId, actor } = principalOf(request);
  if (role === "engineer") return engineerId ?? actor;
  if (asked !== undefined) return asked;
  throw new HttpError("BAD_REQUEST", "say whose work", "engineer");
}

/** Work in the field: work orders to take along, and what phones recorded without a line. */
export const fieldRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const { field } = ports;

  const orderSchema = {
    tags,
    summary: "The smart work order of a ticket, complete in itself",
    description:
      "Evidence with its course, causes, checks, parts with their places, machine, customer, history and similar cases. Send the etag as If-None-Match to be told whether anything changed.",
    params,
    response: { 200: SmartWorkOrder, 304: Type.Null() },
  };
  app.get(
    "/tickets/:ticketId/work-order",
    { schema: orderSchema, config: { access: "tickets.read" } },
    async (request, reply) => {
      const { order, etag } = await field.workOrder(request.params.ticketId);
      reply.header("etag", `"${etag}"`);
      if (request.headers["if-none-match"] === `"${etag}"`) return reply.code(304).send(null);
      return forReader(request, order);
    },
  );

  const workSchema = {
    tags,
    summary: "An engineer's tickets with their work orders, to be taken along",
    description:
      "Name in `have` what the phone holds, as `<ticketId>:<etag>`: what is the same comes without its order. A ticket that is not in the answer is the engineer's no longer.",
    querystring: Type.Object({
      engineer: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
      have: Type.Optional(Type.Union([Have, Type.Array(Have, { maxItems: 50 })])),
    }),
    response: { 200: Page(MyWorkItem) },
  };
  app.get(
    "/field/my-work",
    { schema: workSchema, config: { access: "tickets.work" } },
    async (request) => {
      const { engineer, have = [] } = request.query;
      const held = new Map(
        [have].flat().map((one) => one.split(":") as [ticketId: string, etag: string]),
      );
      const items = await field.myWork(engineerOf(request, engineer), held);
      return { items, next: null };
    },
  );

  const syncSchema = {
    tags,
    summary: "What a phone recorded without a line",
    description:
      "Commands in the order in which they were recorded, each `{commandId, ticketId, at?, elapsedMs?, type, body}`; answered one by one. The same commandId again changes nothing. A refused one says why and what to do, and keeps no later one from its turn.",
    body: SyncRequest,
    response: { 200: SyncReply },
  };
  app.post(
    "/field/sync",
    {
      schema: syncSchema,
      bodyLimit: syncBytes,
      config: { access: "tickets.work", bodyTimeoutMs: syncTimeoutMs },
    },
    async (request) => {
      const { role, engineerId } = principalOf(request);
      const { deviceNow, commands } = request.body;
      return field.sync({ actor: actorOf(request), role, engineerId, deviceNow, commands });
    },
  );

  const resetSchema = {
    tags,
    summary: "Let what is learned of a place of the machine begin again",
    description: "Refused unless a report of the ticket says that a part was replaced there.",
    params,
    body: Type.Object({ position: Type.String({ minLength: 1, maxLength: 100 }) }),
    response: { 200: Type.Object({ position: Type.String() }) },
  };
  app.post(
    "/tickets/:ticketId/baseline-reset",
    { schema: resetSchema, config: { access: "tickets.work" } },
    async (request) => {
      const { role, engineerId } = principalOf(request);
      const { position } = request.body;
      const { ticketId } = request.params;
      await field.resetBaseline({ actor: actorOf(request), role, engineerId, ticketId, position });
      return { position };
    },
  );

  const reportsSchema = {
    tags,
    summary: "Service reports of a ticket, the newest revision of each",
    params,
    response: { 200: Page(ServiceReport) },
  };
  app.get(
    "/tickets/:ticketId/service-reports",
    { schema: reportsSchema, config: { access: "tickets.read" } },
    async ({ params: { ticketId } }) => ({ items: await field.reports(ticketId), next: null }),
  );

  const verificationSchema = {
    tags,
    summary: "How far the proof of the repair is; null while no work was finished",
    params,
    response: { 200: Type.Union([VerificationProgress, Type.Null()]) },
  };
  app.get(
    "/tickets/:ticketId/verification",
    { schema: verificationSchema, config: { access: "tickets.read" } },
    async ({ params: { ticketId } }) => (await field.verification(ticketId)) ?? null,
  );
};
