import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { HttpError } from "../api/error-reply.ts";
import { parseInstantNs } from "../api/instants.ts";
import { MachineId, Series } from "../api/schemas.ts";
import { readSeries } from "../api/series.ts";
import type { RouteDeps } from "./route-deps.ts";

const maxAtOnce = 8;
const maxWaiting = 64;

/** Lets a bounded number of heavy reads run; the rest wait in line, and beyond that are refused. */
function createGate() {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (waiting.length >= maxWaiting)
      throw new HttpError("TOO_MANY_REQUESTS", "too many series are being read, try again shortly");
    if (running >= maxAtOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}

const when = "ISO 8601 with a zone (up to nanoseconds), or milliseconds since 1970";
const schema = {
  tags: ["machines"],
  summary: "Stored samples of one signal",
  description:
    "Without `points` every stored sample, at most 1,000,000. With `points` about that many, each minimum and maximum kept: per stretch its minimum, then its maximum; a stretch without any good sample has value null and quality `error`.",
  params: Type.Object({ machineId: MachineId }),
  querystring: Type.Object({
    signal: Type.String({ minLength: 1, maxLength: 200, description: "the plan's name" }),
    from: Type.Optional(Type.String({ maxLength: 40, description: `inclusive; ${when}` })),
    to: Type.Optional(Type.String({ maxLength: 40, description: `exclusive; ${when}` })),
    points: Type.Optional(Type.Integer({ minimum: 2, maximum: 20_000 })),
  }),
  response: { 200: Series },
};

export const seriesRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const gate = createGate();
  app.get(
    "/machines/:machineId/series",
    { schema, config: { access: "machines.read" } },
    async (request) => {
      const { machineId } = request.params;
      const { signal, from, to, points } = request.query;
      const fromNs = from === undefined ? undefined : parseInstantNs(from, "from");
      const toNs = to === undefined ? undefined : parseInstantNs(to, "to");
      if (fromNs !== undefined && toNs !== undefined && fromNs > toNs)
        throw new HttpError("BAD_TIME_RANGE", "from is after to", "from");
      if ((await ports.machines.get(machineId)) === undefined)
        throw new HttpError("UNKNOWN_MACHINE", "no such machine", "machineId");
      const isGone = () => request.raw.destroyed && !request.raw.complete;
      return gate(() =>
        readSeries(
          ports.telemetry,
          {
            machineId,
            signal,
            ...(fromNs === undefined ? {} : { fromNs }),
            ...(toNs === undefined ? {} : { toNs }),
            ...(points === undefined ? {} : { points }),
          },
          isGone,
        ),
      );
    },
  );
};
