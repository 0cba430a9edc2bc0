import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { sourceReasons } from "@firebreak/ingest/aemp/source-error.ts";
import { type Static, Type } from "typebox";
import { AempScope, isScope } from "../aemp/client-files.ts";
import { HttpError } from "../api/error-reply.ts";
import { Instant, MaybeInstant, OneOf, Page } from "../api/schemas.ts";
import { principalOf } from "./principal-of.ts";
import type { RouteDeps } from "./route-deps.ts";

const tags = ["iso15143"];
const closed = { additionalProperties: false };
const mayWrite = { access: "users.write" } as const;
const Client = Type.Object({
  clientId: Type.String(),
  name: Type.String(),
  scope: AempScope,
  createdAt: Instant,
  createdBy: Type.String(),
});
const sourceStates = ["waiting", "reading", "ok", "failing"] as const;
const Source = Type.Object({
  sourceId: Type.String(),
  maker: Type.Union([Type.String(), Type.Null()]),
  url: Type.String(),
  state: OneOf(sourceStates),
  problem: Type.Union([Type.String(), Type.Null()], {
    description: "what is wrong now, in words; null when nothing is",
  }),
  cause: Type.Union(
    [
      Type.Object({
        reason: OneOf(sourceReasons),
        facts: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])),
      }),
      Type.Null(),
    ],
    { description: "the same for programs; `facts` are what the words name" },
  ),
  lastOkAt: MaybeInstant,
  nextAt: MaybeInstant,
  machines: Type.Integer({ minimum: 0 }),
  samples: Type.Integer({ minimum: 0, description: "taken since the hub began" }),
  skipped: Type.Array(Type.Object({ reason: Type.String(), count: Type.Integer() }), {
    description: "what of the last reading could not be used",
  }),
});
export type AempClientRow = Static<typeof Client>;
/** How it goes with another maker's server. */
export type AempSourceRow = Static<typeof Source>;

/** Programs that read machines over ISO 15143-3, and servers of other makers that this hub reads. */
export const aempClientRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const { aempClients } = ports;

  const listSchema = { tags, summary: "Clients, by id", response: { 200: Page(Client) } };
  app.get("/aemp/clients", { schema: listSchema, config: mayWrite }, async () => ({
    items: [...aempClients.list()],
    next: null,
  }));

  const addSchema = {
    tags,
    summary: "Make a client; answers with its secret, once",
    body: Type.Object(
      { name: Type.String({ minLength: 1, maxLength: 100 }), scope: AempScope },
      closed,
    ),
    response: { 201: Type.Object({ client: Client, clientSecret: Type.String() }) },
  };
  app.post("/aemp/clients", { schema: addSchema, config: mayWrite }, async (request, reply) => {
    const { name, scope } = request.body;
    if (!isScope(scope))
      throw new HttpError(
        "BAD_REQUEST",
        "scope needs customerId, machineIds or both, or wholeFleet alone",
        "scope",
      );
    const made = aempClients.create({ name, scope, createdBy: principalOf(request).actor });
    request.auditSubject = { kind: "aempClient", id: made.client.clientId };
    return reply.code(201).send(made);
  });

  const revokeSchema = {
    tags,
    summary: "Revoke a client; its access tokens end at once",
    params: Type.Object({ clientId: Type.String({ minLength: 1, maxLength: 100 }) }),
    response: { 204: Type.Null() },
  };
  app.delete(
    "/aemp/clients/:clientId",
    { schema: revokeSchema, config: mayWrite },
    async ({ params: { clientId } }, reply) => {
      if (!aempClients.revoke(clientId))
        throw new HttpError("NOT_FOUND", "no such client", "clientId");
      return reply.code(204).send(null);
    },
  );

  const sourcesSchema = {
    tags,
    summary: "Servers of other makers that are read, and how it goes",
    response: { 200: Page(Source) },
  };
  app.get(
    "/aemp/sources",
    { schema: sourcesSchema, config: { access: "operations.read" } },
    async () => ({ items: [...ports.aempSources()], next: null }),
  );
};
