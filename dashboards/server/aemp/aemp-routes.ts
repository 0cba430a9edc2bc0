import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import {
  type ElementName,
  elementNames,
  elementOf,
  shapeOf,
} from "@firebreak/ingest/aemp/elements.ts";
import type { Equipment } from "@firebreak/ingest/aemp/fleet-document.ts";
import { throwIfGone } from "@firebreak/ingest/store/asking.ts";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { HttpError } from "../api/error-reply.ts";
import { createGate } from "../api/query-gate.ts";
import { ErrorReply } from "../api/schemas.ts";
import type { LoginThrottle } from "../auth/login-throttle.ts";
import type { ServerPorts } from "../ports.ts";
import { goneOf } from "../routes/gone.ts";
import { AccessTokens } from "./access-tokens.ts";
import { type Paging, pageOf, sendFleet } from "./aemp-reply.ts";
import type { AempClient } from "./client-files.ts";
import { type ClientLimit, createClientLimiter, defaultClientLimit } from "./client-limit.ts";
import { createLastDay } from "./last-day.ts";
import { seriesPoints } from "./series-points.ts";
import {
  findById,
  findBySerial,
  type ShownMachine,
  showMachine,
  shownIds,
} from "./shown-machines.ts";
import { snapshotPoints } from "./snapshot-points.ts";
import { pageSpan, pagesOf, type Window, windowOf } from "./time-window.ts";
import { tokenRoute } from "./token-route.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Who asks over ISO 15143-3; null elsewhere. */
    aempClient: AempClient | null;
  }
}

export interface AempRoutesOptions {
  readonly ports: ServerPorts;
  readonly throttle: LoginThrottle;
  readonly limit?: ClientLimit | undefined;
}

const machinesPerPage = 100;
const atOnce = 8;
const needs = "Needs an access token of /aemp/oauth/token.";
const security = [{ aemp: [] }];
const Word = Type.String({ minLength: 1, maxLength: 200 });
const common = { tags: ["iso15143"], security, response: { "4xx": ErrorReply } };
const bySerial = "/Fleet/Equipment/MakeModelSerial/:make/:model/:serial";
const byId = "/Fleet/Equipment/ID/:id";

/** The machines of this hub for other programs. @see ISO 15143-3 (AEMP 2.0) */
export const aempRoutes: FastifyPluginAsyncTypebox<AempRoutesOptions> = async (
  app,
  { ports, throttle, limit = defaultClientLimit },
) => {
  const tokens = new AccessTokens(ports.clock);
  const waitSeconds = createClientLimiter(ports.clock, limit);
  const lastDay = createLastDay(ports.telemetry, ports.clock);
  // Half of it for one client at most.
  const gate = createGate({ atOnce: 4, waiting: 256 });
  const sources = { telemetry: ports.telemetry, judge: ports.judge, lastDay };
  app.register(tokenRoute, { clients: ports.aempClients, tokens, throttle });

  const admit = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    reply.header("cache-control", "no-store");
    const [, token = ""] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "") ?? [];
    const clientId = tokens.clientOf(token);
    const client = clientId === undefined ? undefined : ports.aempClients.find(clientId);
    if (client === undefined) {
      reply.header("www-authenticate", 'Bearer realm="ISO 15143-3"');
      throw new HttpError("NOT_LOGGED_IN", "fetch an access token at /aemp/oauth/token");
    }
    const isSeries = request.routeOptions.url?.includes(":element") === true;
    const wait = waitSeconds(client.clientId, isSeries ? 5 : 1);
    if (wait > 0) {
      reply.header("retry-after", wait);
      throw new HttpError("TOO_MANY_REQUESTS", `too many requests, try again in ${wait} s`);
    }
    request.aempClient = client;
  };

  const snapshotOf = async (machine: ShownMachine): Promise<Equipment> => {
    const { machineId, plan, header, sinceMs } = machine;
    const live = ports.live.latest(machineId);
    const latest = live.length > 0 ? live : await ports.telemetry.signals(machineId);
    const endMs = ports.clock.nowMs();
    const day = await lastDay.points(machineId, plan, { endMs, sinceMs });
    const points = [...snapshotPoints(plan, latest), ...day];
    return { header, points: inOrder(points.filter(({ timeMs }) => timeMs >= sinceMs)) };
  };
  /** In its turn, and only while somebody waits for it. */
  const wanted = <Answer>(
    request: FastifyRequest,
    reply: FastifyReply,
    read: (abort: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> =>
    gate({ who: clientOf(request).clientId, gone: goneOf(reply) }, async (abort) => {
      throwIfGone(abort);
      return read(abort);
    });

  app.register(async (guarded) => {
    guarded.addHook("onRequest", admit);

    const fleetSchema = {
      ...common,
      summary: "Newest values of all machines, a hundred a page",
      description: `XML, or JSON with Accept: application/json. ${needs}`,
      params: Type.Object({ page: Word }),
    };
    guarded.get("/Fleet/:page", { schema: fleetSchema }, async (request, reply) => {
      const { scope } = clientOf(request);
      const ids = await shownIds(ports, scope);
      const pages = Math.max(1, Math.ceil(ids.length / machinesPerPage));
      const page = pageOf((request.params as { page: string }).page, pages);
      const shown = ids.slice((page - 1) * machinesPerPage, page * machinesPerPage);
      const equipment = await wanted(request, reply, (abort) =>
        inTurns(shown, async (machineId) => {
          throwIfGone(abort);
          const machine = await showMachine(ports, scope, machineId);
          return machine && snapshotOf(machine);
        }),
      );
      const paging: Paging = { page, pages, path: (to) => `/aemp/Fleet/${to}` };
      return sendFleet(request, reply, { equipment, nowMs: ports.clock.nowMs(), paging });
    });

    const sendOne = async (
      request: FastifyRequest,
      reply: FastifyReply,
      machine: ShownMachine | undefined,
    ) => {
      const equipment = [await wanted(request, reply, () => snapshotOf(known(machine)))];
      const paging: Paging = { page: 1, pages: 1, path: () => request.url };
      return sendFleet(request, reply, { equipment, nowMs: ports.clock.nowMs(), paging });
    };
    const sendSeries = async (
      request: FastifyRequest,
      reply: FastifyReply,
      asked: { machine: ShownMachine | undefined; path: string; window: Window; page: string },
    ) => {
      const { element: word = "" } = request.params as Readonly<Record<string, string>>;
      const { machineId, plan, header, sinceMs } = known(asked.machine);
      const element = elementNamed(word);
      const { window } = asked;
      const pages = pagesOf(window);
      const page = pageOf(asked.page, pages);
      const { fromMs, toMs } = pageSpan(window, page);
      const slot = { machineId, plan, fromMs: Math.max(fromMs, sinceMs), toMs };
      const read = (abort: AbortSignal) => seriesPoints(sources, element, { ...slot, abort });
      const points = slot.fromMs < toMs ? await wanted(request, reply, read) : [];
      const base = `/aemp${asked.path}/${shapeOf(element).path}/${window.start}/${window.end}`;
      const paging: Paging = { page, pages, path: (to) => `${base}/${to}` };
      const equipment = [{ header, points }];
      return sendFleet(request, reply, { equipment, nowMs: ports.clock.nowMs(), paging });
    };

    for (const { route, params, find } of waysToName(ports)) {
      const about = { ...common, description: `XML or JSON. ${needs}` };
      const schema = { ...about, summary: "Newest values of one machine", params };
      guarded.get(route, { schema }, async (request, reply) =>
        sendOne(request, reply, await find(request)),
      );
      const span = { start: Word, end: Word, page: Word };
      for (const [tail, further] of [
        ["/:element", {}],
        ["/:element/:start/:end", { start: span.start, end: span.end }],
        ["/:element/:start/:end/:page", span],
      ] as const) {
        const series = {
          ...about,
          summary: "One element over time, a day a page; without times the last fourteen days",
          params: Type.Object({ ...params.properties, element: Word, ...further }),
        };
        guarded.get(`${route}${tail}`, { schema: series }, async (request, reply) => {
          const given = request.params as Readonly<Record<string, string | undefined>>;
          const window = windowOf(given.start, given.end, ports.clock.nowMs());
          const path = pathOf(route, given);
          const machine = await find(request);
          return sendSeries(request, reply, { machine, path, window, page: given.page ?? "1" });
        });
      }
    }
  });
};

/** The two ways in which a path names a machine. */
function waysToName(ports: ServerPorts) {
  const paramsOf = (request: FastifyRequest) => request.params as Readonly<Record<string, string>>;
  return [
    {
      route: byId,
      params: Type.Object({ id: Word }),
      find: (request: FastifyRequest) =>
        findById(ports, clientOf(request).scope, paramsOf(request).id ?? ""),
    },
    {
      route: bySerial,
      params: Type.Object({ make: Word, model: Word, serial: Word }),
      find: (request: FastifyRequest) => {
        const { make = "", model = "", serial = "" } = paramsOf(request);
        return findBySerial(ports, clientOf(request).scope, { make, model, serial });
      },
    },
  ] as const;
}

const pathOf = (route: string, given: Readonly<Record<string, string | undefined>>): string =>
  route.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(given[name] ?? ""));

function clientOf({ aempClient }: FastifyRequest): AempClient {
  if (aempClient === null) throw new HttpError("NOT_LOGGED_IN", "fetch an access token");
  return aempClient;
}

/** What a client may not see does not exist for it. */
function known(machine: ShownMachine | undefined): ShownMachine {
  if (machine === undefined) throw new HttpError("UNKNOWN_MACHINE", "no such machine");
  return machine;
}

function elementNamed(word: string): ElementName {
  const element = elementOf(word);
  if (element === undefined)
    throw new HttpError("NOT_FOUND", "no such element of ISO 15143-3", "element");
  return element;
}

const order = (element: ElementName): number => elementNames.indexOf(element);
const inOrder = (points: Equipment["points"]): Equipment["points"] =>
  points.toSorted((one, other) => order(one.element) - order(other.element));

/** A few at a time, in their order; what came to nothing is left out. */
async function inTurns<Answer>(
  ids: readonly string[],
  ask: (id: string) => Promise<Answer | undefined>,
): Promise<Answer[]> {
  const answers: (Answer | undefined)[] = [];
  for (let at = 0; at < ids.length; at += atOnce)
    answers.push(...(await Promise.all(ids.slice(at, at + atOnce).map(ask))));
  return answers.filter((answer) => answer !== undefined);
}
