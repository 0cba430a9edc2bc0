import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { GatewayListRow } from "../api/gateway-health.ts";
import {
  Alarm,
  LinkState,
  Page,
  PageQuery,
  QuarantineFilter,
  QuarantineItem,
  RefusalRow,
} from "../api/schemas.ts";
import { findProblems } from "../live/live-hub.ts";
import type { RouteDeps } from "./route-deps.ts";

const tags = ["operations"];
const mayRead = { access: "operations.read" } as const;

/** What the hub kept aside because it could not be used. */
export const quarantineRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const schema = {
    tags,
    summary: "What arrived and could not be used, newest first",
    querystring: Type.Object({ ...PageQuery, ...QuarantineFilter }),
    response: { 200: Page(QuarantineItem) },
  };
  app.get(
    "/quarantine",
    { schema, config: mayRead },
    async ({ query: { limit = 500, ...rest } }) => {
      const { items, next } = await ports.quarantine.list({ limit, ...rest });
      return { items: [...items], next };
    },
  );

  const alarmSchema = {
    tags,
    summary: "What somebody has to look at: silent machines, clones, strangers, damage",
    response: { 200: Page(Alarm) },
  };
  app.get("/alarms", { schema: alarmSchema, config: mayRead }, async () => ({
    items: [...ports.quarantine.alarms()],
    next: null,
  }));

  const refusalSchema = {
    tags,
    summary: "Whom the broker refused what, repetitions counted; newest first",
    response: { 200: Page(RefusalRow) },
  };
  app.get("/refusals", { schema: refusalSchema, config: mayRead }, async () => ({
    items: [...ports.quarantine.refusals()],
    next: null,
  }));

  const linkSchema = {
    tags,
    summary: "How many gateways are connected, and how many are on their way back",
    response: { 200: LinkState },
  };
  app.get("/links", { schema: linkSchema, config: mayRead }, async () => ports.quarantine.links());

  const gatewaySchema = {
    tags,
    summary: "Enrolled gateways: who may come in, by what, and until when",
    querystring: Type.Object({
      ...PageQuery,
      search: Type.Optional(Type.String({ maxLength: 200, description: "in the gateway's id" })),
    }),
    response: { 200: Page(GatewayListRow) },
  };
  app.get("/gateways", { schema: gatewaySchema, config: mayRead }, async ({ query }) => {
    const { limit = 500, cursor, search } = query;
    const found = await ports.gateways.list({ limit: limit + 1, after: cursor, search });
    const items = found.slice(0, limit).map((row): GatewayListRow => {
      const health = ports.gatewayHealth.ofGateway(row.gatewayId);
      const { version = null, reportedAt = null } = health ?? {};
      return { ...row, version, reportedAt, problems: [...(health?.problems ?? [])] };
    });
    return { items, next: found.length > limit ? (items.at(-1)?.gatewayId ?? null) : null };
  });
};

const Problems = Type.Array(
  Type.Object({
    name: Type.String(),
    severity: Type.Union([Type.Literal("warning"), Type.Literal("fault"), Type.Literal("fatal")]),
    problem: Type.String(),
  }),
);
const Readiness = Type.Object({ ready: Type.Boolean(), problems: Problems });
const Health = Type.Object({
  status: Type.Union([Type.Literal("ok"), Type.Literal("degraded"), Type.Literal("dead")]),
  problems: Problems,
});
const loopback = new Set(["127.0.0.1", "::1", "::ffff:127.0.0.1"]);
/** From this machine itself, not through a proxy on it. */
const isLocal = ({ socket, headers }: FastifyRequest): boolean =>
  loopback.has(socket.remoteAddress ?? "") && headers["x-forwarded-for"] === undefined;

/** For whatever watches the process. */
export const probeRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports, guard }) => {
  const open = { access: "anybody" } as const;
  const healthSchema = {
    tags,
    summary: "Whether the process must be started anew: 503 then, 200 while it can help itself",
    response: { 200: Health, 503: Health },
  };
  app.get("/healthz", { schema: healthSchema, config: open }, async (_request, reply) => {
    const problems = await findProblems(ports.readiness);
    if (problems.some(({ severity }) => severity === "fatal"))
      return reply.code(503).send({ status: "dead" as const, problems });
    const status = problems.length === 0 ? ("ok" as const) : ("degraded" as const);
    return reply.send({ status, problems });
  });

  const readySchema = {
    tags,
    summary: "Everything works; 503 names what does not. Warnings alone are no 503",
    response: { 200: Readiness, 503: Readiness },
  };
  app.get("/readyz", { schema: readySchema, config: open }, async (_request, reply) => {
    const problems = await findProblems(ports.readiness);
    const ready = problems.every(({ severity }) => severity === "warning");
    return reply.code(ready ? 200 : 503).send({ ready, problems });
  });

  const metricsSchema = {
    tags,
    summary: "Prometheus metrics; from another machine a token is needed",
    produces: ["text/plain"],
  };
  app.get("/metrics", { schema: metricsSchema, config: open }, async (request, reply) => {
    if (!isLocal(request)) await guard.admit(request, reply, mayRead.access);
    return reply.type(ports.metrics.contentType).send(await ports.metrics.metrics());
  });
};
