import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { HealthChange as Change } from "@firebreak/ingest/health/health-file.ts";
import type { JudgedHealth } from "@firebreak/ingest/health/health-view.ts";
import { interruptions } from "@firebreak/ingest/health/interruptions.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { type Static, Type } from "typebox";
import { HttpError } from "../api/error-reply.ts";
import { GatewayHealth, HealthChange, Interruption } from "../api/gateway-health.ts";
import { parseInstantNs } from "../api/instants.ts";
import { MachineId, Page } from "../api/schemas.ts";
import { knownMachine } from "./known-machine.ts";
import type { RouteDeps } from "./route-deps.ts";

const tags = ["gateways"];
const ofGateways = { access: "operations.read" } as const;
const ofMachines = { access: "machines.read" } as const;
const Span = {
  from: Type.Optional(Type.String({ maxLength: 40, description: "default a day before `to`" })),
  to: Type.Optional(Type.String({ maxLength: 40, description: "default now" })),
};
const dayMs = 24 * 3_600_000;
const gatewayParams = Type.Object({ gatewayId: Type.String({ minLength: 1, maxLength: 200 }) });
const machineParams = Type.Object({ machineId: MachineId });

/** What gateways say of their own buses, storage, clock and certificate. */
export const gatewayRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const { gatewayHealth, clock } = ports;
  const spanOf = (query: { from?: string; to?: string }) => {
    const toMs = query.to === undefined ? clock.nowMs() : msOf(query.to, "to");
    const fromMs = query.from === undefined ? toMs - dayMs : msOf(query.from, "from");
    if (fromMs > toMs) throw new HttpError("BAD_TIME_RANGE", "from is after to", "from");
    return { fromMs, toMs };
  };

  app.get(
    "/gateways/:gatewayId/health",
    {
      schema: {
        tags,
        summary: "What a gateway said of itself last, and what is wrong with it",
        params: gatewayParams,
        response: { 200: GatewayHealth },
      },
      config: ofGateways,
    },
    async ({ params: { gatewayId } }) => toReply(known(gatewayHealth.ofGateway(gatewayId))),
  );

  app.get(
    "/gateways/:gatewayId/changes",
    {
      schema: {
        tags,
        summary: "How the states of a gateway changed, oldest first",
        description: "Of each state the newest change before `from` comes too.",
        params: gatewayParams,
        querystring: Type.Object(Span),
        response: { 200: Page(HealthChange) },
      },
      config: ofGateways,
    },
    async ({ params: { gatewayId }, query }) => {
      known(gatewayHealth.ofGateway(gatewayId));
      const { fromMs, toMs } = spanOf(query);
      const items = gatewayHealth.changes(gatewayId, fromMs, toMs).map(toChange);
      return { items, next: null };
    },
  );

  app.get(
    "/machines/:machineId/gateway",
    {
      schema: {
        tags,
        summary: "The health of the machine's gateway, as far as it concerns this machine",
        params: machineParams,
        response: { 200: Type.Object({ gateway: Type.Union([GatewayHealth, Type.Null()]) }) },
      },
      config: ofMachines,
    },
    async ({ params: { machineId } }) => {
      const health = gatewayHealth.ofMachine(machineId);
      return { gateway: health?.reportedAt ? toReply(health) : null };
    },
  );

  app.get(
    "/machines/:machineId/interruptions",
    {
      schema: {
        tags,
        summary: "Times in which samples may be missing, and why",
        params: machineParams,
        querystring: Type.Object({
          ...Span,
          signal: Type.Optional(
            Type.String({ maxLength: 200, description: "only what may concern this signal" }),
          ),
        }),
        response: { 200: Page(Interruption) },
      },
      config: ofMachines,
    },
    async ({ params: { machineId }, query }) => {
      const machine = await knownMachine(ports, machineId);
      const { fromMs, toMs } = spanOf(query);
      const gatewayId = gatewayHealth.ofMachine(machineId)?.gatewayId;
      const plan = ports.plans.get(machine.plan);
      const items = interruptions({
        machineId,
        over: overOf(plan, query.signal),
        changes: gatewayId === undefined ? [] : gatewayHealth.changes(gatewayId, fromMs, toMs),
        losses: gatewayHealth.losses(machineId, fromMs, toMs),
        spooled: ports.ledger.spooled(machineId),
        fromMs,
        toMs,
      });
      return { items, next: null };
    },
  );
};

const msOf = (text: string, where: string): number =>
  Number(parseInstantNs(text, where) / 1_000_000n);

function known<Health>(health: Health | undefined): Health {
  if (health === undefined)
    throw new HttpError("UNKNOWN_GATEWAY", "no such gateway has been heard of", "gatewayId");
  return health;
}

/** What a signal comes over, by the plan; a path of the plan's name may be a statistic of it, such as `speed.max`. */
function overOf(plan: Plan | undefined, name: string | undefined) {
  const planned = plan?.acquisition.signals[name?.split(".")[0] ?? ""];
  if (planned === undefined) return undefined;
  const { modbus } = planned;
  if (modbus !== undefined) return { kind: "modbus" as const, device: modbus.device };
  return planned.j1939 || planned.can || planned.canopen ? { kind: "can" as const } : undefined;
}

const toChange = ({ path, value, atMs }: Change): Static<typeof HealthChange> => ({
  at: new Date(atMs).toISOString(),
  path: [...path],
  value,
});

/** The same; lists of the interface may be written to. */
const toReply = (health: JudgedHealth): Static<typeof GatewayHealth> =>
  health as unknown as Static<typeof GatewayHealth>;
