import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { type SilenceCause, silenceCauses } from "@firebreak/ingest/silence/silence.ts";
import { Type } from "typebox";
import {
  fleetRows,
  machineSorts,
  noOpenWork,
  pageOfMachines,
  summarise,
  toMachineRow,
} from "../api/fleet.ts";
import { iso15143Signals } from "../api/iso15143-signals.ts";
import { createGate } from "../api/query-gate.ts";
import {
  healthWords,
  Ledger,
  LedgerHour,
  MachineId,
  MachineRow,
  OneOf,
  Page,
  PageQuery,
  SignalNow,
  TroubleCode,
} from "../api/schemas.ts";
import { toSignalsNow } from "../api/signals.ts";
import { titleOfCode } from "../api/title-of-code.ts";
import { knownMachine } from "./known-machine.ts";
import type { RouteDeps } from "./route-deps.ts";
import { turnOf } from "./turn-of.ts";

const tags = ["machines"];
const mayRead = { access: "machines.read" } as const;
const params = Type.Object({ machineId: MachineId });
const Count = Type.Integer({ minimum: 0 });
const FleetSummary = Type.Object({
  machines: Count,
  online: Count,
  openTickets: Type.Integer({ minimum: 0, description: "open inspections and repairs" }),
  isSimulated: Type.Boolean({ description: "machines here are made by a simulator" }),
  silent: Type.Object(
    Object.fromEntries(silenceCauses.map((cause) => [cause, Count])) as Record<
      SilenceCause,
      typeof Count
    >,
    { description: "silent machines by cause" },
  ),
  health: Type.Object(
    Object.fromEntries(healthWords.map((word) => [word, Count])) as Record<
      (typeof healthWords)[number],
      typeof Count
    >,
  ),
});

const nothingYet = {
  produced: 0,
  suppressed: 0,
  stored: 0,
  journalled: 0,
  spooled: 0,
  quarantined: 0,
  lost: 0,
};

export const machineRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (
  app,
  { ports, openTickets },
) => {
  const gate = createGate({ atOnce: 8, waiting: 64 });
  const listSchema = {
    tags,
    summary: "Machines of the fleet",
    description:
      "A page stays consistent while rows change: it continues behind the last row seen.",
    querystring: Type.Object({
      ...PageQuery,
      sort: Type.Optional(OneOf(machineSorts, "default machineId")),
      order: Type.Optional(OneOf(["asc", "desc"], "default asc")),
      search: Type.Optional(
        Type.String({ maxLength: 200, description: "part of the id, the title or the type" }),
      ),
    }),
    response: { 200: Page(MachineRow) },
  };
  app.get("/machines", { schema: listSchema, config: mayRead }, async ({ query }) => {
    const { sort = "machineId", order = "asc", limit = 500, ...rest } = query;
    const rows = await fleetRows(ports, openTickets.work);
    return pageOfMachines(rows, { ...rest, sort, order, limit });
  });

  const summarySchema = {
    tags,
    summary: "The fleet in numbers",
    response: { 200: FleetSummary },
  };
  app.get("/fleet", { schema: summarySchema, config: mayRead }, async () => ({
    ...summarise(await fleetRows(ports, openTickets.work)),
    isSimulated: ports.isSimulated === true,
    silent: ports.silence.counts(),
  }));

  const oneSchema = { tags, summary: "One machine", params, response: { 200: MachineRow } };
  app.get(
    "/machines/:machineId",
    { schema: oneSchema, config: mayRead },
    async ({ params: { machineId } }) => {
      const machine = await knownMachine(ports, machineId);
      return toMachineRow(
        machine,
        ports.judge.condition(machineId),
        openTickets.work.get(machineId) ?? noOpenWork,
        ports.plans.get(machine.plan)?.title ?? null,
      );
    },
  );

  const signalsSchema = {
    tags,
    summary: "Newest value of each signal, with quality and age",
    params,
    response: { 200: Page(SignalNow) },
  };
  app.get(
    "/machines/:machineId/signals",
    { schema: signalsSchema, config: mayRead },
    async (request, reply) => {
      const { machineId } = request.params;
      const { plan, origin } = await knownMachine(ports, machineId);
      const live = ports.live.latest(machineId);
      const latest =
        live.length > 0
          ? live
          : await gate(turnOf(request, reply), () => ports.telemetry.signals(machineId));
      const titles = origin && iso15143Signals;
      const items = toSignalsNow(latest, ports.plans.get(plan), ports.clock.nowMs(), titles);
      return { items, next: null };
    },
  );

  const ledgerSchema = {
    tags,
    summary: "Where the machine's samples are: produced = stored + ... + lost",
    params,
    response: { 200: Ledger },
  };
  app.get(
    "/machines/:machineId/ledger",
    { schema: ledgerSchema, config: mayRead },
    async ({ params: { machineId } }) => {
      await knownMachine(ports, machineId);
      return (await ports.ledger.ledger(machineId)) ?? nothingYet;
    },
  );

  const hoursSchema = {
    tags,
    summary: "The same balance hour by hour, newest first, with what was lost by reason",
    params,
    querystring: Type.Object(PageQuery),
    response: { 200: Page(LedgerHour) },
  };
  app.get(
    "/machines/:machineId/ledger/hours",
    { schema: hoursSchema, config: mayRead },
    async ({ params: { machineId }, query: { limit = 500, cursor } }) => {
      await knownMachine(ports, machineId);
      const all = (await ports.ledger.ledger(machineId))?.byHour ?? [];
      const older = all.filter(({ hour }) => cursor === undefined || hour < cursor).reverse();
      const items = older.slice(0, limit).map((hour) => ({ ...hour, lostBy: { ...hour.lostBy } }));
      return { items, next: older.length > limit ? (items.at(-1)?.hour ?? null) : null };
    },
  );

  const codesSchema = {
    tags,
    summary: "Trouble codes: active ones, then those that were",
    params,
    response: { 200: Page(TroubleCode) },
  };
  app.get(
    "/machines/:machineId/codes",
    { schema: codesSchema, config: mayRead },
    async ({ params: { machineId } }) => {
      const machine = await knownMachine(ports, machineId);
      const plan = ports.plans.get(machine.plan);
      const { activeCodes = [], pastCodes = [] } = ports.judge.condition(machineId) ?? {};
      const active = activeCodes.map((code) => ({ ...code, state: "active" as const }));
      const items = [...active, ...pastCodes].map((code) => ({
        ...code,
        title: titleOfCode(plan, code),
      }));
      return { items, next: null };
    },
  );
};
