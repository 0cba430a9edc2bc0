import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FleetQuery, TelemetryStore } from "@firebreak/ingest/store/store.ts";
import { type Database, openDatabase } from "@firebreak/kit/database.ts";
import type { RemainingLifeRule } from "@firebreak/plans/learned-rule-schema.ts";
import { loadPlan } from "@firebreak/plans/load-plans.ts";
import { openHistoryFindings } from "@firebreak/tickets/history/history-store.ts";
import { runPlanner } from "@firebreak/tickets/planner/run-planner.ts";
import { prepareTickets } from "@firebreak/tickets/prepare-tickets.ts";
import { createTicketService, type TicketService } from "@firebreak/tickets/ticket-service.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createLearnedModels, type LearnedModels } from "../learned/learned-models.ts";
import { type HistoryReport, judgeHistoryOnce } from "./judge-history.ts";

const plan = loadPlan("concrete-pump-truck");
const firstHour = Date.parse("2026-03-01T08:00:00Z") / 3_600_000;
const workingHours = [0, 1, 2, 3, 4, 5];

/** The return filter fills by a twelfth a day; 3.5 bar is passed on day 82. */
const fills = (day: number) => 1.2 + 2.3 * Math.exp((day - 82) / 12) + 0.02 * Math.sin(day * 7);

/** Its pistons are from 3 November 2025, and last 150,000 strokes: until 19 June at this use. */
const strokesPerDay = 660;
const countedFrom = -118;

/** Six hours a day of a machine with warm oil. `pressure`: of its return filter, by day. */
function storeOf(
  pressure: (day: number, machineId: string) => number,
): Pick<TelemetryStore, "fleetHours"> {
  const values: Record<string, (day: number, machineId: string) => number> = {
    hydraulicOilTemperature: () => 55,
    strokesPerMinute: () => 18,
    caseDrainFlow: () => 30,
    returnPressure: pressure,
    engineTotalHoursOfOperation: () => 3_000,
    strokeCount: (day) => 5_000 + day * strokesPerDay,
  };
  return {
    async fleetHours({ signal, fromNs, toNs, machineIds }: FleetQuery) {
      const [from, to] = [fromNs, toNs].map((ns) => Number(ns / 3_600_000_000_000n));
      const rows = machineIds.flatMap((machineId, machine) =>
        Array.from({ length: 120 - countedFrom }, (_, index) => index + countedFrom)
          .filter((day) => day >= 0 || signal === "strokeCount")
          .flatMap((day) =>
            workingHours.map((at) => ({
              machine,
              hour: firstHour + day * 24 + at,
              value:
                values[signal]?.(day + (signal === "strokeCount" ? at / 6 : 0), machineId) ??
                Number.NaN,
            })),
          )
          .filter(({ hour }) => hour >= (from ?? 0) && hour < (to ?? 0)),
      );
      const step = signal === "strokeCount" ? strokesPerDay / 6 : 0;
      const figures = Float64Array.from(rows, ({ value }) => value);
      return {
        machine: Uint32Array.from(rows, ({ machine }) => machine),
        hour: Int32Array.from(rows, ({ hour }) => hour),
        min: figures,
        max: figures.map((value) => value + step),
        mean: figures,
        count: figures.map(() => 60),
        errors: figures.map(() => 0),
        waiting: 0,
      };
    },
  };
}

let folder: string;
let db: Database;
let tickets: TicketService;
let nowMs = 0;
const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "firebreak-judge-history-"));
  db = openDatabase({ path: join(folder, "firebreak.sqlite") });
  nowMs = dayMs(70);
  await prepareTickets(db, { clock });
  tickets = createTicketService({ db, planOf: () => plan, clock });
});
afterAll(async () => {
  await db.close();
  rmSync(folder, { recursive: true });
});

/** Eight in the evening of work, UTC. */
const dayMs = (day: number) => (firstHour + day * 24 + 20) * 3_600_000;

async function judge(
  pass: number,
  of: {
    readonly pressure?: (day: number, machineId: string) => number;
    readonly of?: typeof plan;
    readonly machineIds?: readonly string[];
    readonly signal?: AbortSignal;
    readonly learned?: LearnedModels;
    readonly onFindings?: () => void;
  } = {},
): Promise<HistoryReport> {
  const { pressure = fills, machineIds = ["PUMP-001"], signal, of: judging = plan } = of;
  const { learned, onFindings } = of;
  return judgeHistoryOnce(
    {
      db,
      store: storeOf(pressure),
      tickets,
      machines: () => machineIds.map((machineId) => ({ machineId, plan: judging })),
      clock,
      ...(learned && { learned }),
      ...(onFindings && { onFindings }),
      signal: signal ?? new AbortController().signal,
    },
    pass,
  );
}

const planWork = () =>
  runPlanner({
    db,
    begin: (tx) => tickets.begin(tx, { kind: "system", id: "planner" }),
    planOf: ({ planId }) => (planId === plan.plan ? plan : undefined),
    clock,
  });

const predicted = async (machine = "PUMP-001") =>
  (await tickets.page({ machine, limit: 200 })).items.filter(
    ({ trigger }) => trigger === "predicted_failure",
  );

describe("judgeHistoryOnce", () => {
  test("a filter that fills becomes one ticket of a predicted failure, with its part by the tenth percentile", async () => {
    expect(await judge(1)).toEqual({ machines: 1, findings: 1, failed: [] });
    const [finding] = await openHistoryFindings(db);
    expect(finding).toMatchObject({ ruleId: "return-filter-fills", phase: "raised" });
    await planWork();
    const [summary, ...others] = await predicted();
    expect(others).toEqual([]);
    const ticket = await tickets.get(summary?.ticketId ?? "");
    const [evidence] = finding?.evidence ?? [];
    const p10 = evidence?.kind === "signal" ? evidence.says?.facts.p10 : undefined;
    expect(p10).toMatchObject({ is: "time", at: expect.stringMatching(/^2026-05/) });
    expect(p10).toEqual({ is: "time", at: ticket.dueWindow?.to });
    expect(ticket).toMatchObject({
      ...{ component: "return-filter", kind: "inspection", faultCode: "hydraulic-filter-clogged" },
      ...{ evidence: [{ rule: "return-filter-fills" }], activeFindings: [finding?.findingId] },
    });
    expect(ticket.predictedParts).toMatchObject([{ qty: 1, probability: 1 }]);

    nowMs = dayMs(72);
    await judge(2);
    await planWork();
    expect(await predicted()).toHaveLength(1);
  });

  test("another filter in its place ends the finding as repaired, and nothing is expected of it yet", async () => {
    nowMs = dayMs(74);
    const filter = {
      ...{ position: "return-filter", partNo: "RF", installedAt: new Date(nowMs).toISOString() },
      ...{ installedAtHours: 3_000, source: "default" },
    };
    await db.transaction(async (tx) => {
      await tx
        .tables<{ installed_parts: Record<string, string | null> }>()
        .insertInto("installed_parts")
        .values({
          ...{ row_id: "new-filter", machine_id: "PUMP-001", position: filter.position },
          ...{ part_no: filter.partNo, removed_at: null, body: JSON.stringify(filter) },
        })
        .execute();
    });
    nowMs = dayMs(77);
    await judge(5);
    const { body } = await db
      .tables<{ findings: { body: string; machine_id: string } }>()
      .selectFrom("findings")
      .select("body")
      .where("machine_id", "=", "PUMP-001")
      .executeTakeFirstOrThrow();
    expect(JSON.parse(body)).toMatchObject({ phase: "cleared", cause: "repaired" });
    await planWork();
    // Its accumulator is foretold by the calendar meanwhile.
    const ofFilter = (await predicted()).filter(({ component }) => component === "return-filter");
    expect(ofFilter).toMatchObject([{ activeFindings: [] }]);
    nowMs = dayMs(70);
  });

  test("what the machine counts itself tells when its pistons end", async () => {
    nowMs = dayMs(84);
    await judge(3);
    await planWork();
    const pistons = (await predicted()).filter(({ component }) => component?.includes("piston"));
    expect(pistons.map(({ component }) => component).sort()).toEqual([
      "delivery-piston-1",
      "delivery-piston-2",
    ]);
    nowMs = dayMs(70);
  });

  test("a pass that was cut off goes on with the rest; a whole one is not done again", async () => {
    const machineIds = Array.from({ length: 24 }, (_, index) => `M-${index}`);
    const stopping = new AbortController();
    const onFindings = () => stopping.abort();
    const first = await judge(7, { machineIds, signal: stopping.signal, onFindings });
    expect(first.machines).toBe(1);
    const rest = await judge(7, { machineIds });
    expect(first.machines + rest.machines).toBe(24);
    expect((await judge(7, { machineIds })).machines).toBe(0);
    const open = await openHistoryFindings(db);
    const ofThese = open.filter(({ machineId }) => machineId.startsWith("M-"));
    expect(new Set(ofThese.map(({ machineId }) => machineId)).size).toBe(24);
    expect(ofThese).toHaveLength(24);
  });

  test("a machine without a file has its ticket from the finding", async () => {
    const work = async () =>
      (await tickets.page({ machine: "alone", limit: 10 })).items.filter(
        ({ kind }) => kind !== "parts",
      );
    await judge(1, { machineIds: ["alone"] });
    expect(await work()).toMatchObject([{ kind: "inspection", trigger: "predicted_failure" }]);
    nowMs = dayMs(73);
    await judge(2, { machineIds: ["alone"] });
    expect(await work()).toHaveLength(1);
  });

  test("what lives beside the plan teach becomes a ticket like any forecast of a life", async () => {
    const lives = [60, 68, 76, 84, 92].flatMap((days) =>
      Array.from({ length: days }, (_, day) => `life-${days},${day},${fills(82 - days + day + 1)}`),
    );
    writeFileSync(
      join(folder, "filter.csv"),
      ["filter,day,returnPressure [bar]", ...lives].join("\n"),
    );
    const learned = createLearnedModels({
      ...{ folderOf: () => folder, keepIn: undefined },
      tell: ({ error }) => expect(error).toBeUndefined(),
    });
    const rule: RemainingLifeRule = {
      ...{ id: "filter-life", kind: "remaining-life", severity: "warning" },
      about: { en: "The filter comes to its end", "zh-CN": "滤清器寿命将尽" },
      ...{ histories: "filter.csv", unit: "filter", cycle: "day", every: "day" },
      inputs: [{ signal: "returnPressure", of: "max" }],
      ...{ part: "return-filter", failureMode: "hydraulic-filter-clogged" },
    };
    const of = { ...plan, rules: { ...plan.rules, rules: [rule] } };
    nowMs = dayMs(72);
    const machineIds = ["taught"];
    expect(await judge(1, { machineIds, of })).toMatchObject({ findings: 0 });
    expect(await judge(2, { machineIds, of, learned })).toMatchObject({ findings: 1, failed: [] });
    await learned.stop();
    const { body } = await db
      .tables<{ life_forecasts: { body: string; rule_id: string; position: string } }>()
      .selectFrom("life_forecasts")
      .select("body")
      .where("rule_id", "=", "filter-life")
      .where("position", "=", "return-filter")
      .executeTakeFirstOrThrow();
    const told: { method: string; p50Days: number }[] = JSON.parse(body);
    expect(told.map(({ method }) => method)).toEqual(["model", "model", "model"]);
    const days = told.at(-1)?.p50Days ?? Number.NaN;
    expect(days).toBeGreaterThan(3);
    expect(days).toBeLessThan(18);
    const { items } = await tickets.page({ machine: "taught", limit: 10 });
    expect(items.filter(({ kind }) => kind !== "parts")).toMatchObject([
      { kind: "inspection", trigger: "predicted_failure" },
    ]);
    nowMs = dayMs(70);
  });

  test("sound machines, and old crossings that are over, open nothing", async () => {
    const of = (pressure: (day: number, machineId: string) => number) => ({
      pressure,
      machineIds: ["PUMP-002"],
    });
    nowMs = dayMs(70);
    expect(
      await judge(
        1,
        of(() => 1.2),
      ),
    ).toMatchObject({ findings: 0 });
    const once = (day: number) => (day === 60 ? 5 : 1.2);
    expect(await judge(2, of(once))).toMatchObject({ findings: 0 });
    const forDays = (day: number) => (day >= 58 && day < 63 ? 5 : 1.2);
    expect(await judge(3, of(forDays))).toMatchObject({ findings: 2 });
    expect(await judge(4, of(forDays))).toMatchObject({ findings: 0 });
    await planWork();
    expect(await predicted("PUMP-002")).toEqual([]);
  });

  test("of a fleet the machine that is unlike the others is told", async () => {
    const odd = {
      id: "unlike-others",
      kind: "cohort",
      about: { en: "Unlike others", "zh-CN": "与同类不同" },
      severity: "warning",
      signal: "returnPressure",
      of: "max",
      side: "above",
      failureMode: "hydraulic-filter-clogged",
    } as const;
    const machineIds = Array.from({ length: 12 }, (_, index) => `F-${index}`);
    const pressure = (_: number, machineId: string) =>
      machineId === "F-7" ? 6 : 1.2 + Number(machineId.slice(2)) / 40;
    const of = { ...plan, rules: { ...plan.rules, rules: [odd] } };
    expect(await judge(1, { machineIds, pressure, of })).toMatchObject({
      machines: 12,
      findings: 1,
    });
    const open = await openHistoryFindings(db);
    expect(open.filter(({ ruleId }) => ruleId === "unlike-others")).toMatchObject([
      { machineId: "F-7", phase: "raised" },
    ]);
  });

  test("what fails is told, and the next pass tries again", async () => {
    const broken = { fleetHours: () => Promise.reject(new Error("disk")) };
    const machines = () => [{ machineId: "broken", plan }];
    const { signal } = new AbortController();
    const report = await judgeHistoryOnce(
      { db, store: broken, tickets, machines, clock, signal },
      1,
    );
    expect(report).toMatchObject({ machines: 0, failed: [{ machineId: "broken" }] });
    expect((await judge(1, { machineIds: ["broken"] })).machines).toBe(1);
  });
});
