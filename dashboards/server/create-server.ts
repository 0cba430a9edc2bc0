import cookie from "@fastify/cookie";
import helmet from "@fastify/helmet";
import rateLimit, { normalizeIP } from "@fastify/rate-limit";
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import Fastify, { type FastifyInstance, type FastifyPluginAsync, LogController } from "fastify";
import { aempRoutes } from "./aemp/aemp-routes.ts";
import type { ClientLimit } from "./aemp/client-limit.ts";
import { HttpError, toErrorReply } from "./api/error-reply.ts";
import { ErrorReply } from "./api/schemas.ts";
import { watchTelemetry } from "./api/watch-telemetry.ts";
import { auditRequests } from "./audit/request-audit.ts";
import { declareAccess } from "./auth/declare-access.ts";
import { createGuard } from "./auth/guard.ts";
import { LoginThrottle } from "./auth/login-throttle.ts";
import { checkScope, declareScope } from "./auth/route-scope.ts";
import { Sessions, sessionCookie } from "./auth/sessions.ts";
import { checkHost } from "./check-host.ts";
import { endConnections } from "./end-connections.ts";
import { createHold } from "./held-refusals.ts";
import { compileWhenAsked } from "./late-validation.ts";
import { LiveHub } from "./live/live-hub.ts";
import { OpenTickets } from "./live/open-tickets.ts";
import type { ServerPorts } from "./ports.ts";
import { aempClientRoutes } from "./routes/aemp-clients.ts";
import { auditRoutes } from "./routes/audit.ts";
import { captureRoutes } from "./routes/captures.ts";
import { channelRoutes } from "./routes/channels.ts";
import { controllerRoutes } from "./routes/controllers.ts";
import { customerRoutes } from "./routes/customers.ts";
import { dayRoutes } from "./routes/days.ts";
import { eventRoutes } from "./routes/events.ts";
import { exchangeRoutes } from "./routes/exchange.ts";
import { fieldRoutes } from "./routes/field.ts";
import { fleetSeriesRoutes } from "./routes/fleet-series.ts";
import { forecastRoutes } from "./routes/forecast.ts";
import { gatewayRoutes } from "./routes/gateways.ts";
import { kpiRoutes } from "./routes/kpi.ts";
import { latchedRoutes } from "./routes/latched.ts";
import { lateDataRoutes } from "./routes/late-data.ts";
import { lessonsRoutes } from "./routes/lessons.ts";
import { machineHealthRoutes } from "./routes/machine-health.ts";
import { machineRoutes } from "./routes/machines.ts";
import { mediaRoutes } from "./routes/media.ts";
import { probeRoutes, quarantineRoutes } from "./routes/operations.ts";
import { organisationRoutes } from "./routes/organisation.ts";
import { peopleRoutes } from "./routes/people.ts";
import { publicRoutes } from "./routes/public.ts";
import { asideRoutes, refusedRoutes } from "./routes/quarantine.ts";
import { rolloutRoutes } from "./routes/rollouts.ts";
import type { RouteDeps } from "./routes/route-deps.ts";
import { seriesRoutes } from "./routes/series.ts";
import { sessionRoutes } from "./routes/session.ts";
import { shelvingRoutes } from "./routes/shelving.ts";
import { stockRoutes } from "./routes/stock.ts";
import { telemetryExportRoutes } from "./routes/telemetry-exports.ts";
import { telemetryImportRoutes } from "./routes/telemetry-imports.ts";
import { ticketOrderRoutes } from "./routes/ticket-orders.ts";
import { ticketRoutes } from "./routes/tickets.ts";
import { ownAccountRoutes, userRoutes } from "./routes/users.ts";
import { endSlowBodies, longestBodyMs } from "./slow-bodies.ts";
import { limitUnfinished } from "./unfinished-requests.ts";
import { webPages } from "./web-pages.ts";

export interface ServerOptions {
  /** Folder of the built web application (`ensureWebBuilt()`); absent: the interface alone. */
  readonly webFolder?: string;
  /** Requests per minute of a person or token, and of an address without either; default 6000. */
  readonly requestsPerMinute?: number;
  /** How long somebody who asks for too much waits to hear so; default 1000. */
  readonly refuseAfterMs?: number;
  /** Of a client of ISO 15143-3; default 100 at once, 10 a second. */
  readonly aempLimit?: ClientLimit;
}

/** Of what is asked: nothing that a schema does not name is left out silently. */
export const validation = { removeAdditional: false };
/** After a refusal that says nothing better. */
const retrySeconds = 2;
const self = ["'self'"];
const policy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: self,
    styleSrc: self,
    imgSrc: ["'self'", "data:", "blob:"],
    mediaSrc: ["'self'", "blob:"],
    fontSrc: self,
    connectSrc: self,
    manifestSrc: self,
    workerSrc: self,
    formAction: self,
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
  },
};

/**
 * All HTTP of the hub: `/api/v1`, its document, the probes and the web pages. Listens to nothing yet; `listen` and
 * `close` belong to the caller. Closing ends the event streams.
 */
export function createServer(given: ServerPorts, options: ServerOptions = {}): FastifyInstance {
  const { telemetry, check } = watchTelemetry(given.telemetry);
  const ports = { ...given, telemetry, readiness: [...given.readiness, check] };
  const app = Fastify({
    loggerInstance: ports.log.child({ component: "http" }),
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 64 * 1024,
    requestTimeout: longestBodyMs,
    keepAliveTimeout: 65_000,
    routerOptions: { maxParamLength: 200 },
    // Looked at often: otherwise what is slow has half a minute more.
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 2_000, maxHeaderSize: 16 * 1024 },
    ajv: { customOptions: validation, onCreate: compileWhenAsked },
  }).withTypeProvider<TypeBoxTypeProvider>();
  limitUnfinished(app.server);
  endConnections(app as unknown as FastifyInstance);
  // Types hold the replies to their schemas; checking them again at run time would cost more than it finds.
  app.setSerializerCompiler(() => JSON.stringify);
  app.removeContentTypeParser("text/plain");
  app.decorateRequest("principal", null);
  app.decorateRequest("aempClient", null);
  auditRequests(app as unknown as FastifyInstance, ports);

  const sessions = new Sessions(ports.users, ports.clock);
  const guard = createGuard(sessions, ports.tokens);
  const openTickets = new OpenTickets(ports.tickets);
  const hub = new LiveHub(ports, openTickets);
  const throttle = new LoginThrottle(ports.clock);
  const deps: RouteDeps = { ports, guard, sessions, throttle, hub, openTickets };

  const hold = createHold(app as unknown as FastifyInstance, options.refuseAfterMs ?? 2_000);
  app.setErrorHandler(async (error, request, reply) => {
    const { status, body } = toErrorReply(error, ports.log);
    request.refusalCode = body.code;
    if (status === 429 && request.principal) await hold(reply);
    if ((status === 429 || status === 503) && !reply.hasHeader("retry-after"))
      reply.header("retry-after", retrySeconds);
    return reply.code(status).send(body);
  });
  endSlowBodies(app as unknown as FastifyInstance);
  checkHost(app as unknown as FastifyInstance);
  app.register(cookie);
  app.register(helmet, {
    contentSecurityPolicy: policy,
    strictTransportSecurity: false,
    xFrameOptions: { action: "deny" },
    referrerPolicy: { policy: "same-origin" },
  });
  app.register(rateLimit, {
    max: options.requestsPerMinute ?? 6_000,
    timeWindow: 60_000,
    cache: 10_000,
    // Runs behind the guard: who shares an address with somebody that asks for too much is not refused for it.
    keyGenerator: ({ principal, ip }) => principal?.actor ?? normalizeIP(ip),
    errorResponseBuilder: (_request, { after }) =>
      new HttpError("TOO_MANY_REQUESTS", `too many requests, try again in ${after}`),
  });
  app.register(swagger, { openapi: document });
  const guarded: FastifyPluginAsync = async (site) => {
    site.addHook("onRequest", async (request, reply) => {
      const { access } = request.routeOptions.config;
      if (access === undefined || access === "anybody") return;
      await guard.admit(request, reply, access);
      if (request.principal) await checkScope(request, request.principal, ports);
    });
    site.addHook("onRoute", declareAccess);
    site.addHook("onRoute", declareScope);
    site.addHook("onRoute", (route) => {
      const response = { ...(route.schema?.response as object | undefined), "4xx": ErrorReply };
      if (route.schema) route.schema = { ...route.schema, response };
    });
    site.register(probeRoutes, deps);
    site.register(apiRoutes(deps), { prefix: "/api/v1" });
  };
  app.register(guarded);
  // Programs of others, with clients and tokens of their own.
  app.register(aempRoutes, { prefix: "/aemp", ports, throttle, limit: options.aempLimit });
  // The document says what may be asked, and nothing of any machine: whoever writes a client may read it.
  app.register(swaggerUi, { routePrefix: "/api/docs", staticCSP: policyText });
  app.register(webPages, { folder: options.webFolder });

  app.addHook("onReady", async () => {
    await openTickets.start();
    hub.start();
  });
  app.addHook("preClose", async () => {
    hub.stop();
    openTickets.stop();
  });
  return app as unknown as FastifyInstance;
}

const apiRoutes =
  (deps: RouteDeps): FastifyPluginAsync =>
  async (app) => {
    app.addHook("onSend", async (_request, reply) => {
      reply.header("cache-control", "no-store");
    });
    for (const routes of [
      sessionRoutes,
      publicRoutes,
      customerRoutes,
      channelRoutes,
      machineRoutes,
      lateDataRoutes,
      machineHealthRoutes,
      captureRoutes,
      shelvingRoutes,
      latchedRoutes,
      controllerRoutes,
      seriesRoutes,
      dayRoutes,
      fleetSeriesRoutes,
      telemetryExportRoutes,
      telemetryImportRoutes,
      stockRoutes,
      ticketRoutes,
      ticketOrderRoutes,
      mediaRoutes,
      fieldRoutes,
      organisationRoutes,
      exchangeRoutes,
      kpiRoutes,
      forecastRoutes,
      lessonsRoutes,
      eventRoutes,
      quarantineRoutes,
      asideRoutes,
      refusedRoutes,
      rolloutRoutes,
      aempClientRoutes,
      gatewayRoutes,
      auditRoutes,
      peopleRoutes,
      userRoutes,
      ownAccountRoutes,
    ])
      app.register(routes, deps);
  };

/** The page of the API document loads its own script and sets styles through the DOM only. */
const policyText =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

const document = {
  openapi: "3.1.0",
  info: {
    title: "Firebreak",
    version: "1",
    description:
      "Machines, their signals and trouble codes, and the tickets that follow. Lists are `{items, next}`; `next` goes into `cursor`. Times are ISO 8601 UTC. Errors are `{code, message, where?}`; branch on `code`.",
  },
  components: {
    securitySchemes: {
      token: { type: "http" as const, scheme: "bearer" },
      aemp: {
        type: "oauth2" as const,
        flows: { clientCredentials: { tokenUrl: "/aemp/oauth/token", scopes: {} } },
      },
      session: { type: "apiKey" as const, in: "cookie" as const, name: sessionCookie },
    },
  },
  security: [{ token: [] }, { session: [] }],
};
