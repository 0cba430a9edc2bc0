import { createForecastService } from "@firebreak/tickets/forecast/forecast-service.ts";
import { createKpiService } from "@firebreak/tickets/kpi/kpi-service.ts";
import { repairAndRate } from "@firebreak/tickets/kpi/repaired.fixture.ts";
import { createLessonsService } from "@firebreak/tickets/lessons/lessons-service.ts";
import { finding, plan } from "@firebreak/tickets/tickets.fixture.ts";
import { openWorld, type World } from "@firebreak/tickets/world.fixture.ts";
import type { FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createServer } from "./create-server.ts";
import { seededPorts, tokenOf } from "./seeded-ports.fixture.ts";

let world: World;
let app: FastifyInstance;
beforeEach(async () => {
  world = await openWorld();
  const { ports } = await seededPorts(1);
  const { db, clock } = world;
  const plans = new Map([["loader", plan]]);
  app = createServer({
    ...ports,
    kpi: createKpiService({ db, clock }),
    forecast: createForecastService({ db, clock, plans }),
    lessons: createLessonsService({ db, clock }),
  });
});
afterEach(async () => {
  await app.close();
  await world.close();
});

type Who = Parameters<typeof tokenOf>[0];
const ask = async (url: string, who: Who = "hq_service", body?: object) => {
  const reply = await app.inject({
    method: body ? "POST" : "GET",
    url: `/api/v1/${url}`,
    headers: { authorization: `Bearer ${tokenOf(who)}` },
    ...(body ? { payload: body } : {}),
  });
  const isJson = String(reply.headers["content-type"]).includes("json");
  return { status: reply.statusCode, body: isJson ? reply.json() : reply.body };
};

const march = "from=2026-03-01T00:00:00Z&to=2026-04-01T00:00:00Z";

describe("figures over HTTP", () => {
  test("equal what the formulas say of a repair, in all and by group", async () => {
    await repairAndRate(world, "M-1");
    const { status, body } = await ask(`kpis?${march}&groupBy=engineer`, "analyst");
    expect(status).toBe(200);
    expect(body.total).toMatchObject({
      firstTimeFixRate: 1,
      resolutionRate: 1,
      nps: 100,
      csat: 1,
      proactiveRatio: 1,
      response: { count: 1, medianMs: 600_000 },
      arrival: { count: 1, medianMs: 1_800_000 },
      mttrMs: 3_000_000,
    });
    expect(body.groups).toMatchObject([{ key: "E-001", kpis: { firstTimeFixRate: 1 } }]);
    const faults = await ask(`kpis/faults?${march}`);
    expect(faults.body.top).toEqual([{ name: "oil-pressure-low", count: 1 }]);
  });

  test("a time that ends before it begins is refused, and so is whoever may see no figures", async () => {
    const back = await ask("kpis?from=2026-04-01T00:00:00Z&to=2026-03-01T00:00:00Z");
    expect([back.status, back.body.code]).toEqual([400, "BAD_TIME_RANGE"]);
    expect((await ask(`kpis?${march}`, "back_office")).status).toBe(403);
  });

  test("F-30: every score line names the event it rests on; single ratings are headquarters' only", async () => {
    const ticketId = await repairAndRate(world, "M-1");
    const { timeline } = await world.service.get(ticketId);
    const { body } = await ask("engineers/E-001/score?month=2026-03");
    expect(body.lines.length).toBeGreaterThan(1);
    for (const line of body.lines) {
      expect(line.ticketId).toBe(ticketId);
      expect(timeline.some(({ seq, at }) => seq === line.seq && at === line.at)).toBe(true);
    }
    const station = (await ask("engineers/E-001/score?month=2026-03", "station_manager")).body;
    expect(station.final).toBe(body.final);
    const rating = station.lines.find(({ kind }: { kind: string }) => kind === "customer_rating");
    expect(rating).toEqual({ kind: "customer_rating", points: 20 });
    expect((await ask("engineers/E-001/score?month=2026-03", "engineer")).status).toBe(403);
    expect((await ask("engineers/E-999/score?month=2026-03")).body.code).toBe("ENGINEER_UNKNOWN");
    const stations = (await ask("kpis/stations?month=2026-03")).body.items;
    expect(stations[0].score).toBeGreaterThan(0);
  });

  test("staffing, stock and consumption answer", async () => {
    const staffing = (await ask("kpis/staffing")).body.items;
    expect(staffing.length).toBeGreaterThan(0);
    expect(staffing[0]).toHaveProperty("zone");
    const stock = (await ask(`kpis/stock?${march}`)).body;
    expect(stock.turnover).toBe(0);
    expect(stock.averageStockValueFen).toBeGreaterThan(0);
    const curve = (await ask(`kpis/consumption?${march}&partNo=FB-LT-OPS-01`)).body;
    expect(curve.weeks).toHaveLength(6);
  });
});

describe("parts plans over HTTP", () => {
  const period = { from: "2026-04-01T00:00:00Z", to: "2026-05-01T00:00:00Z" };

  test("F-24: an emergency is drafted and released by a region; a region approves nothing", async () => {
    const emergency = [{ partNo: "FB-LT-OPS-01", quantity: 2 }];
    const draft = { planType: "emergency", regionId: "south", period, emergency };
    const { status, body } = await ask("parts-plans", "region_manager", draft);
    expect([status, body.state]).toEqual([200, "draft"]);
    const path = `parts-plans/${body.planId}`;
    expect((await ask(`${path}/approve`, "region_manager", {})).status).toBe(403);
    expect((await ask(`${path}/release`, "region_manager", {})).body.state).toBe("released");
    expect((await ask(`${path}/release`, "region_manager", {})).body.code).toBe("PLAN_TRANSITION");
    const core = { planType: "core", regionId: "", period };
    expect((await ask("parts-plans", "region_manager", core)).body.code).toBe("PLAN_NOT_YOURS");
    expect((await ask("parts-plans", "engineer", core)).status).toBe(403);
    expect((await ask("parts-plans/PP-0")).status).toBe(404);
    expect((await ask("parts-plans?type=emergency", "viewer")).body.items).toHaveLength(1);
  });

  test("PD-1: approval is refused until somebody states an assumption", async () => {
    const draft = { planType: "non_core", regionId: "south", period };
    const { planId } = (await ask("parts-plans", "parts_planner", draft)).body;
    const path = `parts-plans/${planId}`;
    const assumption = { name: "use as last year", value: 1, source: "telemetry" };
    const parameter = { name: "seasonal_factor", regionId: "south", partNo: "", months: [4] };
    await ask(`${path}/assumptions`, "parts_planner", { assumption });
    await ask(`${path}/review`, "parts_planner", {});
    expect((await ask(`${path}/approve`, "hq_service", { note: "fine" })).body.state).toBe(
      "approved",
    );
    const bare = (await ask("parts-plans", "parts_planner", draft)).body.planId;
    await ask(`parts-plans/${bare}/review`, "parts_planner", {});
    const refused = await ask(`parts-plans/${bare}/approve`, "hq_service", {});
    expect([refused.status, refused.body.code]).toEqual([409, "PLAN_ASSUMPTIONS"]);
    const set = { ...parameter, value: 1.2, source: "sales" };
    expect((await ask("forecast/parameters", "parts_planner", set)).status).toBe(204);
    expect((await ask("forecast/parameters/log")).body.items).toHaveLength(1);
    expect((await ask("forecast/parameters")).body.items[0].value).toBe(1.2);
  });
});

describe("lessons over HTTP", () => {
  test("rules, causes, codes, catalogue and designers' matters are read, and written by rnd", async () => {
    await repairAndRate(world, "M-1");
    const rules = (await ask("lessons/rules?plan=loader", "rnd")).body.items;
    expect(rules).toMatchObject([{ ruleId: "oil-pressure-low", record: { precision: 1 } }]);
    const causes = await ask("lessons/causes?plan=loader&faultCode=oil-pressure-low", "rnd");
    expect(causes.body.items).toEqual([{ causeId: "sensor", count: 1 }]);
    const mode = { mode: "advisory", reason: "too many" };
    const modePath = "lessons/rules/loader/oil-pressure-low/mode";
    expect((await ask(modePath, "analyst", mode)).status).toBe(403);
    expect((await ask(modePath, "rnd", mode)).status).toBe(204);
    expect((await ask("lessons/rules", "rnd")).body.items[0].mode).toBe("advisory");
    const unknown = finding({ findingId: "f-u", failureMode: "uncatalogued", subject: "0:100:4" });
    await world.apply(unknown);
    const [code] = (await ask("lessons/unknown-codes?state=open", "rnd")).body.items;
    const codePath = `lessons/unknown-codes/${encodeURIComponent(code.codeId)}`;
    expect((await ask(`${codePath}/assign`, "rnd", { assignedTo: "u-1" })).status).toBe(204);
    expect((await ask(`${codePath}/map`, "rnd", { failureMode: "oil-pump" })).status).toBe(204);
    expect((await ask("lessons/unknown-codes?state=mapped", "rnd")).body.items).toHaveLength(1);
    for (const path of ["rule-proposals", "catalogue", "design-feedback"])
      expect((await ask(`lessons/${path}`, "rnd")).body).toEqual({ items: [], next: null });
    expect((await ask("lessons/part-lives/KP-A", "rnd")).body.estimate).toBeNull();
    const none = { planId: "loader", faultCode: "x", ticketIds: ["T-0"] };
    expect((await ask("lessons/catalogue", "rnd", none)).body.code).toBe("LESSON_CASES");
    expect((await ask("lessons/catalogue/nothing/plan.yaml", "rnd")).status).toBe(404);
  });
});
