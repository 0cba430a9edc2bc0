import { Readable } from "node:stream";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { quarantineStates } from "@firebreak/ingest/delivery/quarantine-rows.ts";
import { retryStops } from "@firebreak/ingest/store/refused.ts";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import type { FastifyReply } from "fastify";
import { type Static, Type } from "typebox";
import { MaybeInstant, OneOf, Page, QuarantineFilter } from "../api/schemas.ts";
import type { QuarantineReader } from "../ports.ts";
import type { RouteDeps } from "./route-deps.ts";

const tags = ["operations"];
const mayRead = { access: "operations.read" } as const;
/** It makes samples of what was no sample before, or hands out what gateways sent. */
const mayAct = { access: "gateways.configure" } as const;
const mostAtOnce = 1_000;
const mostRefused = "50,000";

const Retried = Type.Object({
  state: OneOf(quarantineStates),
  reason: Type.Union([Type.String(), Type.Null()], {
    description: "why it waits still: as in the list, or under-way, cut, not-kept",
  }),
});
const { state: _, ...OfWaiting } = QuarantineFilter;
const RetriedAll = Type.Object({
  released: Type.Integer({ minimum: 0 }),
  known: Type.Integer({ minimum: 0 }),
  waiting: Type.Integer({ minimum: 0 }),
  stopped: Type.Union([Type.Literal("LOG_FULL"), Type.Null()], {
    description: "why not all were tried; null: all were",
  }),
});
const AsideRow = Type.Object({
  machineId: Type.Union([Type.String(), Type.Null()]),
  reason: Type.String({ description: "in the database's own words" }),
  samples: Type.Integer({ minimum: 0 }),
  since: MaybeInstant,
  mayRetry: Type.Boolean({ description: "false: trying it again is of no use" }),
});
/** The database's words may be long. */
const OfRefused = {
  machine: Type.Optional(Type.String({ maxLength: 200 })),
  reason: Type.Optional(Type.String({ maxLength: 4_000, description: "as in the list" })),
};
const RefusedRetried = Type.Object({
  taken: Type.Integer({ minimum: 0 }),
  waiting: Type.Integer({ minimum: 0, description: "of those asked for, that can be tried" }),
  stopped: Type.Union([OneOf(retryStops), Type.Null()], {
    description: "why not all were tried; null: all were",
  }),
});

async function retryEach(
  quarantine: Pick<QuarantineReader, "retry">,
  ids: readonly string[],
): Promise<Static<typeof RetriedAll>> {
  const counts = { released: 0, known: 0, waiting: 0 };
  for (const id of ids) {
    try {
      counts[(await quarantine.retry(id)).state]++;
    } catch (error) {
      const code = errorCode(error);
      if (code === "LOG_FULL") return { ...counts, stopped: code };
      // Cut away since it was listed.
      if (code !== "QUARANTINE_UNKNOWN") throw error;
    }
  }
  return { ...counts, stopped: null };
}

/** What is done with what was put aside. */
export const asideRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const { quarantine } = ports;

  const retrySchema = {
    tags,
    summary: "Try one again, after what was wrong with it was mended",
    description: "What can be used now is taken, once, however often this is asked for.",
    params: Type.Object({ quarantineId: Type.String({ maxLength: 20 }) }),
    response: { 200: Retried },
  };
  app.post(
    "/quarantine/:quarantineId/retry",
    { schema: retrySchema, config: mayAct },
    async ({ params: { quarantineId } }) => quarantine.retry(quarantineId),
  );

  const allSchema = {
    tags,
    summary: `Try the newest ${mostAtOnce} that wait again`,
    description:
      "One that is no longer kept is left out. Ends early where the journal is full, with what was done until then.",
    body: Type.Object(OfWaiting),
    response: { 200: RetriedAll },
  };
  app.post("/quarantine/retry", { schema: allSchema, config: mayAct }, async ({ body }) => {
    const { reason, gateway, machine } = body;
    const filter = { reason, gateway, machine, state: "waiting" } as const;
    const { items } = await quarantine.list({ ...filter, limit: mostAtOnce });
    // The oldest first: what comes later may build on it.
    return retryEach(quarantine, items.map(({ id }) => id).reverse());
  });

  const exportSchema = {
    tags,
    summary: "All of it as lines of JSON, with the bytes in base64",
    querystring: Type.Object(QuarantineFilter),
    produces: ["application/x-ndjson"],
  };
  app.get(
    "/quarantine/export",
    { schema: exportSchema, config: mayAct },
    async ({ query, principal }, reply) => {
      await noteReading(ports, principal?.actor);
      asFile(reply, "quarantine.ndjson");
      return reply.send(Readable.from(quarantine.exported(query)));
    },
  );
};

/** What is done with single samples that the telemetry database refused. */
export const refusedRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const { quarantine } = ports;

  const asideSchema = {
    tags,
    summary: "Samples that the telemetry database refused, by machine and in its own words",
    response: { 200: Page(AsideRow) },
  };
  app.get("/quarantine/refused", { schema: asideSchema, config: mayRead }, async () => ({
    items: [...(await quarantine.aside())],
    next: null,
  }));

  const retrySchema = {
    tags,
    summary: "Try them again, after what was wrong was mended",
    description: `All, or those of a machine and a reason; at most ${mostRefused} within 20 s, then "more" or "under-way". They are tried every ten minutes without it.`,
    body: Type.Object(OfRefused),
    response: { 200: RefusedRetried },
  };
  app.post(
    "/quarantine/refused/retry",
    { schema: retrySchema, config: mayAct },
    async ({ body: { machine, reason } }) =>
      quarantine.retryRefused({ machineId: machine, reason }),
  );

  const exportSchema = {
    tags,
    summary: "All of them as lines of JSON, each as it was sent",
    querystring: Type.Object(OfRefused),
    produces: ["application/x-ndjson"],
  };
  app.get(
    "/quarantine/refused/export",
    { schema: exportSchema, config: mayAct },
    async ({ query: { machine, reason }, principal }, reply) => {
      await noteReading(ports, principal?.actor);
      asFile(reply, "refused.ndjson");
      return reply.send(Readable.from(quarantine.exportedRefused({ machineId: machine, reason })));
    },
  );
};

/** Whoever takes along what machines sent leaves a line in the audit log. */
const noteReading = ({ audit, clock }: RouteDeps["ports"], actor = "anybody") =>
  audit.record({
    at: new Date(clock.nowMs()).toISOString(),
    actor,
    action: "quarantine.read",
    subject: undefined,
    facts: {},
  });

function asFile(reply: FastifyReply, name: string): void {
  reply.type("application/x-ndjson; charset=utf-8");
  reply.header("content-disposition", `attachment; filename="${name}"`);
}
