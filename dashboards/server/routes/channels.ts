import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { Instant, OneOf, Page } from "../api/schemas.ts";
import { principalOf } from "./principal-of.ts";
import type { RouteDeps } from "./route-deps.ts";

const tags = ["channels"];
const Maybe = <Schema extends ReturnType<typeof Type.String>>(schema: Schema) =>
  Type.Union([schema, Type.Null()]);
const Count = Type.Integer({ minimum: 0 });

const Target = Type.Object(
  {
    id: Type.String(),
    kind: OneOf(["webhook", "email", "template"]),
    host: Type.String({ description: "of its address; the rest may hold secrets" }),
    state: OneOf(
      ["unknown", "up", "failing", "down"],
      "down: one attempt at a time until it answers again",
    ),
    since: Instant,
    error: Maybe(Type.String({ description: "of the last attempt, when it failed" })),
    lastSentAt: Maybe(Instant),
    queuedCount: Count,
    deadCount: Count,
    sentCount: Count,
  },
  { title: "Target" },
);

const Delivery = Type.Object(
  {
    deliveryId: Type.String(),
    targetId: Type.String(),
    recipientId: Type.String({ description: "person; empty for a system, group:… for a chat" }),
    state: OneOf(["queued", "sending", "grouped", "sent", "digested", "dead"]),
    notice: Type.Optional(
      Type.Object(
        {
          kind: Type.String(),
          priority: Type.String(),
          ticketId: Type.Optional(Type.String()),
          machineId: Type.Optional(Type.String()),
        },
        { additionalProperties: true, description: "absent for a digest" },
      ),
    ),
    repeats: Count,
    attempts: Count,
    createdAt: Instant,
    dueAt: Instant,
    sentAt: Maybe(Instant),
    error: Maybe(Type.String()),
  },
  { title: "Delivery" },
);
const Resent = Type.Object({ resent: Count });
const iso = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString());

/** Where notices go: the targets and how they do, what was not delivered, resending, a test message. */
export const channelRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const { channels } = ports;
  const reads = { access: "channels.read" } as const;
  const writes = { access: "channels.write" } as const;
  const id = Type.String({ minLength: 1, maxLength: 100 });

  const targetsSchema = {
    tags,
    summary: "Targets of notices, with their state",
    response: { 200: Page(Target) },
  };
  app.get("/channels/targets", { schema: targetsSchema, config: reads }, async () => {
    const targets = await channels.targets();
    const items = targets.map(({ sinceMs, sentMs, error, ...target }) => ({
      ...target,
      since: new Date(sinceMs).toISOString(),
      lastSentAt: iso(sentMs),
      error: error ?? null,
    }));
    return { items, next: null };
  });

  const deliveriesSchema = {
    tags,
    summary: "Deliveries, newest first",
    description: "What one digest tells: its id as `digest`.",
    querystring: Type.Object({
      target: Type.Optional(id),
      state: Type.Optional(OneOf(["undelivered", "dead", "sent"], "undelivered: waiting and dead")),
      digest: Type.Optional(id),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 100 })),
      cursor: Type.Optional(Type.String({ maxLength: 1000 })),
    }),
    response: { 200: Page(Delivery) },
  };
  app.get(
    "/channels/deliveries",
    { schema: deliveriesSchema, config: reads },
    async ({ query: { target, state, digest, limit = 100, cursor } }) => {
      const page = await channels.deliveries({
        limit,
        ...(target === undefined ? {} : { targetId: target }),
        ...(state === undefined ? {} : { state }),
        ...(digest === undefined ? {} : { digestId: digest }),
        ...(cursor === undefined ? {} : { after: cursor }),
      });
      return { items: page.items.map((item) => ({ ...item })), next: page.next };
    },
  );

  const resendOneSchema = {
    tags,
    summary: "Send a dead delivery again",
    params: Type.Object({ deliveryId: id }),
    response: { 200: Resent },
  };
  app.post(
    "/channels/deliveries/:deliveryId/resend",
    { schema: resendOneSchema, config: writes },
    async ({ params: { deliveryId } }) => ({ resent: await channels.resend({ deliveryId }) }),
  );

  const targetParams = Type.Object({ targetId: id });
  const resendAllSchema = {
    tags,
    summary: "Send all dead deliveries of a target again",
    params: targetParams,
    response: { 200: Resent },
  };
  app.post(
    "/channels/targets/:targetId/resend",
    { schema: resendAllSchema, config: writes },
    async ({ params: { targetId } }) => ({ resent: await channels.resend({ targetId }) }),
  );

  const testSchema = {
    tags,
    summary: "Send a test message now",
    description:
      "Answers 422 with what the target said when it does not take it. A target that speaks to persons tells you.",
    params: targetParams,
    response: { 204: Type.Null() },
  };
  app.post(
    "/channels/targets/:targetId/test",
    { schema: testSchema, config: writes },
    async (request, reply) => {
      const { engineerId, actor } = principalOf(request);
      await channels.test(request.params.targetId, engineerId ?? actor);
      return reply.code(204).send(null);
    },
  );

  const reloadSchema = {
    tags,
    summary: "Read the targets' file again",
    description: "Answers 422 with every mistake, line and column; then the old targets stay.",
    response: { 204: Type.Null() },
  };
  app.post(
    "/channels/reload",
    { schema: reloadSchema, config: writes },
    async (_request, reply) => {
      await channels.reload();
      return reply.code(204).send(null);
    },
  );
};
