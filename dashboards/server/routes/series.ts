import { Readable } from "node:stream";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { HttpError } from "../api/error-reply.ts";
import { createGate } from "../api/query-gate.ts";
import { Aggregates, MachineId, Series } from "../api/schemas.ts";
import { readReduced, readWhole, type SeriesRequest } from "../api/series.ts";
import { staleAfter } from "../api/signals.ts";
import { sentOf } from "./gone.ts";
import { knownMachine } from "./known-machine.ts";
import type { RouteDeps } from "./route-deps.ts";
import { sendJson } from "./send-json.ts";
import { spanOf, timeQuery } from "./time-query.ts";
import { lastingTurnOf, turnOf } from "./turn-of.ts";

const tags = ["machines"];
const params = Type.Object({ machineId: MachineId });
const SignalName = Type.String({ minLength: 1, maxLength: 200, description: "the plan's name" });
const maxSignals = 16;
const maxPointsTogether = 40_000;
/** Whoever takes nothing of a long answer for so long is cut off. */
const maxIdleMs = 30_000;
const severalQuery = {
  signal: Type.Array(SignalName, {
    minItems: 1,
    maxItems: maxSignals,
    description: "once for each signal: `signal=a&signal=b`",
  }),
  ...timeQuery,
  points: Type.Integer({ minimum: 2, maximum: 20_000, description: "of each signal" }),
};

const config = { access: "machines.read" } as const;

/** Stored samples of one machine. */
export const seriesRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const gate = createGate({ atOnce: 8, atOnceOfOne: 1, waiting: 64 });
  const gateOfWhole = createGate({ atOnce: 2, waiting: 16 });

  const requestOf = async (
    machineId: string,
    signal: string,
    time: { readonly from?: string; readonly to?: string },
  ): Promise<SeriesRequest> => {
    const span = spanOf(time);
    const machine = await knownMachine(ports, machineId);
    const planned = ports.plans.get(machine.plan)?.acquisition.signals[signal];
    return { machineId, signal, ...span, gapNs: BigInt(staleAfter(planned)) * 1_000_000_000n };
  };

  const oneSchema = {
    tags,
    summary: "Stored samples of one signal",
    description:
      "Without `points` every stored sample, at most 1,000,000. With `points` at most that many, each minimum and maximum kept, the first and the last value too: per stretch its minimum, then its maximum; a stretch without any good sample has value null and quality `error`.",
    params,
    querystring: Type.Object({
      signal: SignalName,
      ...timeQuery,
      points: Type.Optional(Type.Integer({ minimum: 2, maximum: 20_000 })),
    }),
    response: { 200: Series },
  };
  app.get("/machines/:machineId/series", { schema: oneSchema, config }, async (request, reply) => {
    const { signal, points, ...time } = request.query;
    const asked = await requestOf(request.params.machineId, signal, time);
    if (points !== undefined)
      return gate(turnOf(request, reply), async (abort) =>
        sendJson(reply, await readReduced(ports.telemetry, asked, points, { abort }), abort),
      );
    // Held until it is sent: what a slow reader has not taken yet is memory.
    await gateOfWhole(lastingTurnOf(request, reply), async (abort) => {
      const pieces = await readWhole(ports.telemetry, asked, { abort });
      reply.type("application/json; charset=utf-8");
      (reply as FastifyReply).send(Readable.from(pieces));
      await sentOf(reply, maxIdleMs);
    });
    return reply as never;
  });

  const severalSchema = {
    tags,
    summary: "Several signals of a machine, each reduced",
    description: `At most ${maxSignals} signals and ${maxPointsTogether} points together. One after the other: a signal may be newer than the one before it.`,
    params,
    querystring: Type.Object(severalQuery),
    response: {
      200: Type.Object({
        items: Type.Array(Type.Object({ signal: Type.String(), series: Series })),
        next: Type.Null(),
      }),
    },
  };
  app.get("/machines/:machineId/many-series", { schema: severalSchema, config }, (request, reply) =>
    each(request, reply, async (asked, points, abort) => ({
      signal: asked.signal,
      series: await readReduced(ports.telemetry, asked, points, { abort }),
    })),
  );

  const aggregateSchema = {
    tags,
    summary: "Minimum, maximum, mean, first, last and counts of stretches of equal length",
    description:
      "Stretches are on a fixed grid (seconds, minutes, hours or days), as short as the points allow, so the first and the last may reach beyond what was asked for; those without any sample are left out. `points=2` and a span of one hour give the hour.",
    params,
    querystring: Type.Object(severalQuery),
    response: {
      200: Type.Object({ items: Type.Array(Aggregates), next: Type.Null() }),
    },
  };
  app.get(
    "/machines/:machineId/aggregates",
    { schema: aggregateSchema, config },
    (request, reply) =>
      each(request, reply, async ({ gapNs: _, ...query }, points, abort) => {
        const buckets = await ports.telemetry.buckets({ ...query, points }, { abort });
        const { bucketNs, ...columns } = buckets;
        return { signal: query.signal, bucketSeconds: Number(bucketNs) / 1e9, ...columns };
      }),
  );

  async function each<Item>(
    request: Pick<FastifyRequest, "principal"> & {
      readonly params: { readonly machineId: string };
      readonly query: { readonly signal: string[]; readonly points: number } & {
        readonly from?: string;
        readonly to?: string;
      };
    },
    reply: FastifyReply,
    read: (asked: SeriesRequest, points: number, abort: AbortSignal) => Promise<Item>,
  ): Promise<never> {
    const { signal: signals, points, ...time } = request.query;
    if (signals.length * points > maxPointsTogether) throw tooMany(signals.length);
    const turn = turnOf(request, reply);
    const items: Item[] = [];
    for (const signal of signals) {
      const asked = await requestOf(request.params.machineId, signal, time);
      items.push(await gate(turn, (abort) => read(asked, points, abort)));
    }
    return sendJson(reply, { items, next: null }, turn.gone);
  }
};

const tooMany = (signals: number) =>
  new HttpError(
    "QUERY_TOO_LARGE",
    `${signals} signals may have ${Math.floor(maxPointsTogether / signals)} points each, ${maxPointsTogether} together: ask for fewer points or fewer signals`,
    "points",
  );
