import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import type { BackFill } from "@firebreak/tickets/history/back-fill.ts";
import { dtcStates } from "@firebreak/wire/machine-event.ts";
import { type Static, Type } from "typebox";
import { BothLanguages, Instant, Lamps, MachineId, OneOf, Page } from "../api/schemas.ts";
import { knownMachine } from "./known-machine.ts";
import type { RouteDeps } from "./route-deps.ts";
import { spanOf, timeQuery } from "./time-query.ts";

const tags = ["machines"];
const config = { access: "machines.read" } as const;
const params = Type.Object({ machineId: MachineId });
const Count = Type.Integer({ minimum: 1 });

export const BackFillRow = Type.Object({
  backFillId: Type.String(),
  from: Type.String({ description: "oldest of its data, machine time, ISO 8601 UTC" }),
  to: Instant,
  receivedFrom: Type.String({ description: "when it came, hub time" }),
  receivedTo: Instant,
  judgedFrom: Type.String({
    description: "later than `from` where the data reach back more than 92 days",
  }),
  isWhole: Type.Boolean({ description: "false: more of it came, and is judged within minutes" }),
  events: Count,
  text: BothLanguages,
  page: Type.String({ description: "address of the page that draws it" }),
  rules: Type.Array(
    Type.Object({
      ruleId: Type.String(),
      about: BothLanguages,
      failureMode: Type.String(),
      severity: OneOf(["info", "warning", "critical"]),
      signals: Type.Array(Type.String()),
      count: Count,
      first: Type.String({ description: "when the first of them began" }),
      last: Instant,
    }),
    { description: "the most frequent first" },
  ),
});
export type BackFillRow = Static<typeof BackFillRow>;

const CodeStepRow = Type.Object({
  at: Instant,
  network: Type.Integer({ minimum: 0, description: "0: the machine's main network" }),
  sa: Type.Integer(),
  spn: Type.Integer(),
  fmi: Type.Integer(),
  oc: Type.Integer({ description: "occurrence count as sent; 127: not available" }),
  cm: Type.Union([Type.Literal(0), Type.Literal(1)]),
  state: OneOf(dtcStates),
  lamps: Lamps,
});
export const CodeHistory = Type.Object({
  knownFrom: Type.Union([Instant, Type.Null()], {
    description: "since when every step is kept; null: its gateway never told of any code",
  }),
  items: Type.Array(CodeStepRow),
  next: Type.Null(),
});

/** What was found in data that came late, and how trouble codes came and went. */
export const lateDataRoutes: FastifyPluginAsyncTypebox<RouteDeps> = async (app, { ports }) => {
  const backFillsSchema = {
    tags,
    summary: "What the rules found in data that came late, one summary for each back-fill",
    description:
      "Data that came behind newer ones of the machine, or more than 24 h old. Nobody is alarmed, no ticket is opened. Newest first, at most 20; those in which nothing was found are left out.",
    params,
    response: { 200: Page(BackFillRow) },
  };
  app.get(
    "/machines/:machineId/back-fills",
    { schema: backFillsSchema, config },
    async ({ params: { machineId } }) => {
      await knownMachine(ports, machineId);
      const items = (await ports.lateData.backFills(machineId)).flatMap(toRow);
      return { items, next: null };
    },
  );

  const codesSchema = {
    tags,
    summary: "Steps in the lives of trouble codes, oldest first",
    description: "The newest 2,000 of a machine are kept, as its gateway told them.",
    params,
    querystring: Type.Object(timeQuery),
    response: { 200: CodeHistory },
  };
  app.get(
    "/machines/:machineId/codes/history",
    { schema: codesSchema, config },
    async ({ params: { machineId }, query }) => {
      await knownMachine(ports, machineId);
      const { fromNs = 0n, toNs } = spanOf(query);
      const toMs = toNs === undefined ? Number.MAX_SAFE_INTEGER : Number(toNs) / 1e6;
      const { knownFromMs, steps } = await ports.lateData.codes(machineId, toMs);
      const items = steps
        .filter(({ atMs }) => atMs >= Number(fromNs) / 1e6)
        .map(({ atMs, dtc, ...step }) => ({ at: iso(atMs), ...dtc, ...step }));
      return { knownFrom: knownFromMs === null ? null : iso(knownFromMs), items, next: null };
    },
  );
};

const iso = (ms: number): string => new Date(ms).toISOString();

function toRow(one: BackFill): BackFillRow[] {
  const { machineId, firstPosition, lastPosition, summary, judged } = one;
  if (summary === undefined) return [];
  const { events, rules, judgedFrom } = summary;
  const backFillId = String(firstPosition);
  return [
    {
      backFillId,
      ...{ from: iso(one.fromMs), to: iso(one.toMs) },
      ...{ receivedFrom: iso(one.firstReceivedMs), receivedTo: iso(one.receivedMs) },
      judgedFrom,
      isWhole: judged?.position === lastPosition,
      events,
      text: textOf(events),
      page: `/machines/${encodeURIComponent(machineId)}?backFill=${backFillId}`,
      rules: rules.map((rule) => ({ ...rule, signals: [...rule.signals] })),
    },
  ];
}

const textOf = (events: number) => ({
  en: `${events} ${events === 1 ? "event" : "events"} found in back-filled data`,
  "zh-CN": `补传数据中发现 ${events} 次事件`,
});
