import type { Database } from "@firebreak/kit/database.ts";
import { describeEachDatabase } from "@firebreak/kit/each-database.fixture.ts";
import { beforeAll, expect, test } from "vitest";
import { regionKind } from "../organisation/file-kinds.ts";
import {
  migrateOrganisation,
  type OrganisationTables,
} from "../organisation/organisation-tables.ts";
import { migrateTickets } from "../tables.ts";
import { generatedTickets } from "./generated-facts.fixture.ts";
import { addCounts } from "./kpi-counts.ts";
import type { KpiFacts } from "./kpi-facts.ts";
import { type Kpis, kpisOf, quantilesOf } from "./kpi-formulas.ts";
import type { KpiGroup } from "./kpi-query.ts";
import { createKpiService, type KpiService } from "./kpi-service.ts";
import { toRow } from "./kpi-store.ts";
import { type KpiTables, migrateKpi } from "./kpi-tables.ts";

const nowMs = Date.parse("2026-07-01T00:00:00.000Z");
const now = new Date(nowMs).toISOString();
const year = { from: "2026-01-01T00:00:00.000Z", to: "2027-01-01T00:00:00.000Z" };
const tickets = generatedTickets(3000);

async function store(db: Database): Promise<void> {
  await db.transaction(async (tx) => {
    const tables = tx.tables<KpiTables>();
    for (let at = 0; at < tickets.length; at += 200) {
      const some = tickets.slice(at, at + 200);
      const rows = some.map((facts) => toRow(facts, {}));
      await tables.insertInto("ticket_kpis").values(rows).execute();
    }
    const tree = [
      ["north", undefined],
      ["beijing", "north"],
      ["south", undefined],
      ["hunan", "south"],
    ] as const;
    for (const [regionId, parentId] of tree) {
      const name = { en: regionId, "zh-CN": regionId };
      const region = { regionId, name, ...(parentId ? { parentId } : {}) };
      const file = {
        id: regionKind.idOf(region),
        version: 1,
        search: "",
        body: JSON.stringify(region),
      };
      await tx.tables<OrganisationTables>().insertInto("regions").values(file).execute();
    }
  });
}

/** The same figures by the pure formulas, over rows in memory. */
function expected(chosen: readonly KpiFacts[]): Omit<Kpis, "failureRate"> {
  const counts = chosen.map((facts) => ({
    ...facts.counts,
    inspections_due:
      facts.counts.inspections_due + (facts.dueAt !== null && facts.dueAt <= now ? 1 : 0),
  }));
  const values = (name: "responseMs" | "arrivalMs" | "partsCycleMs") =>
    quantilesOf(chosen.flatMap((facts) => facts[name] ?? []));
  const durations = {
    response: values("responseMs"),
    arrival: values("arrivalMs"),
    partsCycle: values("partsCycleMs"),
  };
  const { failureRate: _, ...kpis } = kpisOf(addCounts(counts), durations);
  return kpis;
}

/** Sums of up to 2^53 are exact; a mean may differ in its last bits. */
function expectSame(actual: Kpis | undefined, wanted: Omit<Kpis, "failureRate">): void {
  const { failureRate: _, ...kpis } = actual ?? {};
  expect(kpis).toEqual(wanted);
}

describeEachDatabase("figures of service", (open) => {
  let service: KpiService;
  beforeAll(async () => {
    const db = await open();
    await migrateTickets(db);
    await migrateOrganisation(db);
    await migrateKpi(db);
    await store(db);
    service = createKpiService({ db, clock: { nowMs: () => nowMs, monotonicMs: () => nowMs } });
  });

  const keys: Partial<Record<KpiGroup, (facts: KpiFacts) => string>> = {
    month: (facts) => facts.month,
    station: (facts) => facts.stationId,
    product: (facts) => facts.product,
    engineer: (facts) => facts.engineerId,
    priority: (facts) => facts.priority,
  };

  test("the total is what the formulas give over the same rows", async () => {
    const { total, groups } = await service.kpis({ ...year, groupBy: "none" });
    expectSame(total, expected(tickets));
    expect(groups).toEqual([]);
  });

  test.each(Object.keys(keys) as KpiGroup[])("so is every group by %s", async (groupBy) => {
    const { groups } = await service.kpis({ ...year, groupBy });
    const wanted = Map.groupBy(tickets, keys[groupBy] ?? (() => ""));
    expect(groups.map(({ key }) => key)).toEqual([...wanted.keys()].sort());
    for (const { key, kpis } of groups) expectSame(kpis, expected(wanted.get(key) ?? []));
  });

  test("groups and the course of time come from one reading, and are what each is alone", async () => {
    const both = await service.kpis({ ...year, groupBy: "station", trendBy: "month" });
    expect(both.groups).toEqual((await service.kpis({ ...year, groupBy: "station" })).groups);
    expect(both.trend).toEqual((await service.kpis({ ...year, groupBy: "month" })).groups);
    expect(both.trend.length).toBeGreaterThan(1);
    const alone = await service.kpis({ ...year, groupBy: "none", trendBy: "month" });
    expect([alone.groups, alone.trend]).toEqual([[], both.trend]);
  });

  test("regions add up to the region above, and are counted under the children of the one asked for", async () => {
    const inRegion = (...ids: string[]) => tickets.filter((facts) => ids.includes(facts.regionId));
    const { groups } = await service.kpis({ ...year, groupBy: "region" });
    expect(groups.map(({ key }) => key)).toEqual(["north", "south"]);
    expectSame(groups[0]?.kpis, expected(inRegion("north", "beijing")));
    const north = await service.kpis({ ...year, groupBy: "region", regionId: "north" });
    expectSame(north.total, expected(inRegion("north", "beijing")));
    expect(north.groups.map(({ key }) => key)).toEqual(["beijing", "north"]);
    expectSame(north.groups[0]?.kpis, expected(inRegion("beijing")));
    const unknown = await service.kpis({ ...year, groupBy: "region", regionId: "nowhere" });
    expect([unknown.total.tickets, unknown.groups.length]).toEqual([0, 0]);
  });

  test("filters narrow together, and the end of the time is excluded", async () => {
    const from = "2026-02-01T00:00:00.000Z";
    const to = tickets.map((facts) => facts.createdAt).find((at) => at > "2026-06") ?? "";
    const chosen = tickets.filter(
      (facts) =>
        facts.createdAt >= from &&
        facts.createdAt < to &&
        facts.product === "paver" &&
        facts.stationId === "st-2" &&
        facts.kind === "repair" &&
        facts.priority === "major" &&
        facts.engineerId === "E-1",
    );
    const filters = { product: "paver", stationId: "st-2", kind: "repair" } as const;
    const more = { priority: "major", engineerId: "E-1" } as const;
    const { total } = await service.kpis({ from, to, ...filters, ...more, groupBy: "none" });
    expect(chosen.length).toBeGreaterThan(0);
    expectSame(total, expected(chosen));
  });

  test("the three most frequent faults and the heat map count work tickets that name a fault", async () => {
    const { top, heatMap } = await service.faults(year, 3);
    const work = tickets.filter((facts) => facts.counts.work_tickets === 1 && facts.faultCode);
    const byFault = Map.groupBy(work, (facts) => facts.faultCode);
    expect(new Map(top.map(({ name, count }) => [name, count]))).toEqual(
      new Map([...byFault].map(([name, alike]) => [name, alike.length])),
    );
    expect(heatMap.reduce((sum, { count }) => sum + count, 0)).toBe(work.length);
    const southern = work.filter(
      (facts) => facts.regionId === "south" && facts.faultClass === "hydraulic",
    );
    expect(heatMap).toContainEqual({
      regionId: "south",
      faultClass: "hydraulic",
      count: southern.length,
    });
  });
});
