import { Readable } from "node:stream";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { derivedOf, withDerived } from "@firebreak/plans/derived-inputs.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { readDerived } from "../api/derived-series.ts";
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

interface Asked extends SeriesRequest {
  /** Whose plan derives the signal; undefined: it is stored. */
  readonly derivedBy: Plan | undefined;
}

/** Stored samples of one machine. */
export const seriesRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const gate = createGate({ atOnce: 8, atOnceOfOne: 1, waiting: 64 });
  const gateOfWhole = createGate({ atOnce: 2, waiting: 16 });

  const requestOf = async (
    machineId: string,
    signal: string,
    time: { readonly from?: string; readonly to?: string },
  ): Promise<Asked> => {
    const span = spanOf(time);
    const machine = await knownMachine(ports, machineId);
    const plan = ports.plans.get(machine.plan);
    const isDerived = plan !== undefined && Object.hasOwn(derivedOf(plan), signal);
    const { signals } = (isDerived ? withDerived(plan) : plan)?.acquisition ?? {};
    const gapNs = BigInt(staleAfter(signals?.[signal])) * 1_000_000_000n;
    return { machineId, signal, ...span, gapNs, derivedBy: isDerived ? plan : undefined };
  };
  /** What is derived is reckoned from what is stored. */
  const readOne = (
    { derivedBy: plan, ...asked }: Asked,
    points: number | undefined,
    abort: AbortSignal,
  ): Promise<Series> => {
    if (plan === undefined) return readReduced(ports.telemetry, asked, points ?? 0, { abort });
    const { fromNs, toNs = BigInt(ports.clock.nowMs()) * 1_000_000n } = asked;
    if (fromNs === undefined) throw wantsBegin(asked.signal);
    return readDerived(ports.telemetry, { ...asked, plan, fromNs, toNs }, points, { abort });
  };

  const oneSchema = {
    tags,
    summary: "Stored samples of one signal",
    description:
      "Without `points` every stored sample, at most 1,000,000. With `points` at most that many, each minimum and maximum kept, the first and the last value too: per stretch its minimum, then its maximum; a stretch without any good sample has value null and quality `error`. A derived signal of the plan is reckoned from what is stored, as the rules do it, from at most 200,000 samples; integrals and durations begin 12 hours before `from`, statistics over a window are told at moments of their own.",
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
    if (points !== undefined || asked.derivedBy)
      return gate(turnOf(request, reply), async (abort) =>
        sendJson(reply, await readOne(asked, points, abort), abort),
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
      series: await readOne(asked, points, abort),
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
      each(request, reply, async ({ gapNs: _, derivedBy, ...query }, points, abort) => {
        if (derivedBy) throw notStored(query.signal);
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
    read: (asked: Asked, points: number, abort: AbortSignal) => Promise<Item>,
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

const wantsBegin = (signal: string) =>
  new HttpError(
    "BAD_TIME_RANGE",
    `${signal} is derived: say with \`from\` where it begins`,
    "from",
  );

const notStored = (signal: string) =>
  new HttpError(
    "BAD_REQUEST",
    `${signal} is derived and has no stored sums: ask for its series with \`points\``,
    "signal",
  );
