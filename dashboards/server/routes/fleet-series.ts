import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { HttpError } from "../api/error-reply.ts";
import { hoursOfMachines, sumsOfMachines } from "../api/fleet-hours.ts";
import { inPieces } from "../api/in-pieces.ts";
import { createGate } from "../api/query-gate.ts";
import { FleetHoursRow, FleetLatestRow, OneOf } from "../api/schemas.ts";
import type { RouteDeps } from "./route-deps.ts";
import { sendJson } from "./send-json.ts";
import { spanOf, timeQuery } from "./time-query.ts";
import { turnOf } from "./turn-of.ts";

const tags = ["machines"];
const config = { access: "machines.read" } as const;
const SignalName = Type.String({ minLength: 1, maxLength: 200, description: "the plan's name" });
const Cursor = Type.Optional(
  Type.String({ maxLength: 200, description: "`next` of the page before" }),
);
const maxLatest = 50_000;
const defaultLatest = 10_000;
/** Values of one page: what is serialised at once. */
const maxRows = 100_000;

/** One or a few signals across the fleet. */
export const fleetSeriesRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const gate = createGate({ atOnce: 2, waiting: 32 });
  const idsAfter = async (cursor: string | undefined, limit: number) => {
    const all = (await ports.machines.list()).map(({ machineId }) => machineId).sort();
    const ids = cursor === undefined ? all : all.filter((id) => id > cursor);
    const page = ids.slice(0, limit);
    return { page, next: ids.length > limit ? (page.at(-1) ?? null) : null };
  };

  const latestSchema = {
    tags,
    summary: "Newest values of some signals of every machine",
    description: `From memory. At most ${maxLatest} machines times signals a page, without \`limit\` at most ${defaultLatest} machines. \`pending\`: machines that nobody has heard of since the hub started and whose values are still being read.`,
    querystring: Type.Object({
      signal: Type.Array(SignalName, { minItems: 1, maxItems: 16 }),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: maxLatest })),
      cursor: Cursor,
    }),
    response: {
      200: Type.Object({
        items: Type.Array(FleetLatestRow),
        next: Type.Union([Type.String(), Type.Null()]),
        pending: Type.Integer({ minimum: 0 }),
      }),
    },
  };
  app.get("/fleet/latest", { schema: latestSchema, config }, async (request) => {
    const { signal, limit, cursor } = request.query;
    const most = Math.floor(maxLatest / signal.length);
    if (limit !== undefined && limit > most) throw tooLarge(`limit=${most}`, "limit");
    const names = new Set(signal);
    const { page, next } = await idsAfter(cursor, limit ?? Math.min(defaultLatest, most));
    let pending = 0;
    const items = page.map((machineId) => {
      const signals = ports.live.some(machineId, names);
      if (signals === undefined) pending++;
      return { machineId, signals: [...(signals ?? [])] };
    });
    return { items, next, pending };
  });

  const hoursSchema = {
    tags,
    summary: "Hours (UTC) of one signal across the fleet, or their sum for each machine",
    description: `Machines without samples are left out. At most ${maxRows} machines times hours a page with \`per=hour\`, ten times that with \`per=machine\`. \`waiting\`: samples of the last hour that are not counted yet.`,
    querystring: Type.Object({
      signal: SignalName,
      ...timeQuery,
      per: Type.Optional(OneOf(["hour", "machine"], "default hour")),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, default: 500 })),
      cursor: Cursor,
    }),
    response: {
      200: Type.Object({
        items: Type.Array(FleetHoursRow),
        next: Type.Union([Type.String(), Type.Null()]),
        waiting: Type.Integer({ minimum: 0 }),
      }),
    },
  };
  app.get("/fleet/hours", { schema: hoursSchema, config }, async (request, reply) => {
    const { signal, per = "hour", limit = 500, cursor, ...time } = request.query;
    const { fromNs, toNs } = spanOf(time);
    if (fromNs === undefined || toNs === undefined)
      throw new HttpError(
        "BAD_TIME_RANGE",
        "say from and to",
        fromNs === undefined ? "from" : "to",
      );
    const hours = Number((toNs - fromNs) / 3_600_000_000_000n) + 2;
    const most = per === "hour" ? maxRows : 10 * maxRows;
    if (hours > most) throw tooLarge(`at most ${most} hours`, "to");
    const turn = turnOf(request, reply);
    const { page, next } = await idsAfter(cursor, limit);
    if (page.length * hours > most) throw tooLarge(`limit=${Math.floor(most / hours)}`, "limit");
    const query = { signal, fromNs, toNs, machineIds: page };
    const found = await gate(turn, (abort) => ports.telemetry.fleetHours(query, { abort }));
    const rows = per === "hour" ? hoursOfMachines(page, found) : sumsOfMachines(page, found);
    const items = await inPieces(rows, turn.gone);
    return sendJson(reply, { items, next, waiting: found.waiting }, turn.gone);
  });
};

const tooLarge = (smaller: string, where: string) =>
  new HttpError(
    "QUERY_TOO_LARGE",
    `that is more than one page may hold: ask for ${smaller} and follow \`next\``,
    where,
  );
