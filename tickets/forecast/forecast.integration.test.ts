import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Database } from "@firebreak/kit/database.ts";
import { beforeEach, expect, test } from "vitest";
import { describeEachDatabase } from "../each-database.fixture.ts";
import type { OrganisationTables } from "../organisation/organisation-tables.ts";
import type { StockTables } from "../parts/stock-tables.ts";
import { recordEvaluation } from "../planner/life-evaluations.ts";
import { prepareTickets } from "../prepare-tickets.ts";
import { plan as sample } from "../tickets.fixture.ts";
import { createForecastService, type ForecastService } from "./forecast-service.ts";
import type { ForecastTables } from "./forecast-tables.ts";
import type { Planner } from "./parts-plan.ts";

const part = (yuan: number) =>
  `name: { en: Part, zh-CN: 配件 }, category: component, unitPriceFen: ${yuan * 100}, leadTimeDays: 30`;
const partsFile = `parts:
  KP-A: { ${part(100_000)} }
  WP-1: { ${part(200)} }
`;
const place = (id: string, region: string, stock: string) =>
  `  - { id: ${id}, name: { en: ${id}, zh-CN: ${id} }, region: ${region}, stock: { ${stock} } }`;
const stockFile = `stations:
${place("st-south", "south", "KP-A: { bin: A1, quantity: 2 }, WP-1: { bin: A2, quantity: 9 }")}
${place("st-north", "north", "KP-A: { bin: A1, quantity: 1 }")}
`;

const wears = (partNo: string, position: string, months: number) => ({
  partNo,
  position,
  title: { en: position, "zh-CN": position },
  quantity: 1,
  isKeyPart: true,
  isWearPart: false,
  wearLife: { basis: "months" as const, value: months },
  source: "engineering default",
});
const pump = {
  ...sample,
  plan: "pump",
  service: {
    ...sample.service,
    productType: "concrete_pump",
    parts: [wears("KP-A", "a", 12), wears("WP-1", "w", 2)],
  },
};

const hq: Planner = { actorId: "u-hq", role: "hq_service" };
const south: Planner = { actorId: "u-south", role: "region_manager", regionId: "south" };
const june = { from: "2026-06-01T00:00:00.000Z", to: "2026-07-01T00:00:00.000Z" };

async function prepare(db: Database, clock: { nowMs(): number; monotonicMs(): number }) {
  const folder = mkdtempSync(join(tmpdir(), "firebreak-forecast-"));
  const files = { partsFile: join(folder, "parts.yaml"), stockFile: join(folder, "stock.yaml") };
  writeFileSync(files.partsFile, partsFile);
  writeFileSync(files.stockFile, stockFile);
  await prepareTickets(db, { clock, ...files });
  rmSync(folder, { recursive: true });
}

/** `count` pumps of a region; nobody knows the age of their parts. */
const addPumps = (db: Database, region: string, count: number) =>
  db.transaction(async (tx) => {
    for (let at = 0; at < count; at += 1) {
      const id = `${region}-${at}`;
      const file = {
        machineId: id,
        productType: "concrete_pump",
        regionId: region,
        state: "in_service",
      };
      await tx
        .tables<OrganisationTables>()
        .insertInto("machine_files")
        .values({
          id,
          version: 1,
          search: "",
          body: JSON.stringify(file),
          serial_key: id.toUpperCase(),
          gateway_id: null,
          customer_id: null,
          site_id: null,
          region_id: region,
          station_id: null,
          product_type: "concrete_pump",
          state: "in_service",
        })
        .execute();
    }
  });

/** As the ledger has it when a report says that parts were used. */
const consume = (db: Database, partNo: string, amount: number, at: string) =>
  db.transaction((tx) =>
    tx
      .tables<StockTables>()
      .insertInto("stock_ledger")
      .values({
        movement_id: `used-${at}`,
        part_no: partNo,
        location_id: "st-south",
        kind: "consume",
        quantity: 0,
        amount,
        counterpart_id: null,
        ticket_id: "T-1",
        transfer_id: null,
        loan_id: null,
        report_line: "R-1/1",
        reason: null,
        actor: "E-1",
        at,
      })
      .execute(),
  );

describeEachDatabase("parts plans", (open) => {
  let db: Database;
  let service: ForecastService;
  let nowMs: number;
  let commands = 0;
  const id = () => `plan-${commands++}`;
  beforeEach(async () => {
    nowMs = Date.parse("2026-05-31T12:00:00.000Z");
    const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
    db = await open();
    await prepare(db, clock);
    await addPumps(db, "south", 24);
    await addPumps(db, "north", 12);
    service = createForecastService({ db, clock, plans: new Map([["pump", pump as never]]) });
  });

  test("a region in which the service plan has more kept is brought more, and the plan says why", async () => {
    const regionOverrides = { south: { stockFactor: 1.5 }, north: { marketStage: "mature" } };
    const kept = { ...pump, version: 7, service: { ...pump.service, regionOverrides } };
    const clock = { nowMs: () => nowMs, monotonicMs: () => nowMs };
    const plans = new Map([["pump", kept as never]]);
    const drafts = createForecastService({ db, clock, plans });
    const core = await drafts.draft(hq, id(), { planType: "core", regionId: "", period: june });
    const factors = core.lines.map(({ regionId, stockFactor }) => [regionId, stockFactor]);
    expect(factors).toEqual([
      ["north", undefined],
      ["south", 1.5],
    ]);
    const south = core.lines[1];
    expect(south?.quantity).toBe(Math.ceil((south?.forecast?.upper ?? 0) * 1.5) - 2);
    expect(south?.isAboveUpper).toBe(false);
    expect(core.assumptions).toEqual([
      { name: "stock_factor south pump", value: 1.5, source: "pump@7, region south" },
    ]);
  });

  const draftOfSouth = () =>
    service.draft(south, id(), { planType: "non_core", regionId: "south", period: june });
  const rain = {
    name: "seasonal_factor" as const,
    regionId: "south",
    partNo: "WP-1",
    months: [5, 6, 7],
    value: 1.5,
    source: "rainy season of the last three years",
  };

  test("AS-20: from the stock of the month's end to a forecast, an approval and a lesson for the next month", async () => {
    const core = await service.draft(hq, id(), { planType: "core", regionId: "", period: june });
    expect(
      core.lines.map(({ partNo, regionId, stock }) => [partNo, regionId, stock.onHand]),
    ).toEqual([
      ["KP-A", "north", 1],
      ["KP-A", "south", 2],
    ]);
    const drafted = await draftOfSouth();
    const [line] = drafted.lines;
    expect(drafted.lines).toHaveLength(1);
    expect(line).toMatchObject({ partNo: "WP-1", regionId: "south", stock: { onHand: 9 } });
    // 24 pumps, one each, 30 days of a life of two months.
    expect(line?.forecast?.expected).toBeCloseTo((24 * 30 * 12) / (2 * 365.25), 9);
    expect(line?.quantity).toBe((line?.forecast?.upper ?? 0) - 9);
    const snapshot = await db
      .tables<ForecastTables>()
      .selectFrom("stock_snapshots")
      .select(["part_no", "on_hand"])
      .where("snapshot_id", "=", drafted.planId)
      .where("region_id", "=", "south")
      .orderBy("part_no")
      .execute();
    expect(snapshot.map((row) => [row.part_no, Number(row.on_hand)])).toEqual([
      ["KP-A", 2],
      ["WP-1", 9],
    ]);

    const { planId } = drafted;
    const assumption = { name: "hours as in May", value: 1, source: "telemetry" };
    await expect(
      service.draft(south, id(), { planType: "core", regionId: "", period: june }),
    ).rejects.toMatchObject({ code: "PLAN_NOT_YOURS" });
    await service.step(south, id(), planId, { type: "review" });
    await expect(service.step(hq, id(), planId, { type: "approve" })).rejects.toMatchObject({
      code: "PLAN_ASSUMPTIONS",
    });
    const second = await draftOfSouth();
    await service.step(south, id(), second.planId, { type: "assume", assumption });
    await service.step(south, id(), second.planId, { type: "review" });
    await service.step(hq, id(), second.planId, { type: "approve" });
    const released = await service.step(south, id(), second.planId, { type: "release" });
    expect(released.state).toBe("released");

    await expect(service.evaluate(south, id(), second.planId)).rejects.toMatchObject({
      code: "PLAN_TOO_EARLY",
    });
    await consume(db, "WP-1", 18, "2026-06-15T00:00:00.000Z");
    await consume(db, "WP-1", 99, "2026-07-01T00:00:00.000Z");
    nowMs = Date.parse("2026-07-01T08:00:00.000Z");
    const evaluated = await service.evaluate(south, id(), second.planId);
    const expected = evaluated.lines[0]?.forecast?.expected ?? Number.NaN;
    expect(evaluated.lines[0]).toMatchObject({ actual: 18, error: 18 - expected });
    const months = await service.months({ partNo: "WP-1", regionId: "south", months: 2 });
    const [forecast] = evaluated.lines.map((each) => each.forecast);
    expect(months.map(({ month, used, upper }) => [month, used, upper])).toEqual([
      ["2026-05", 0, null],
      ["2026-06", 18, forecast?.upper],
      ["2026-07", 99, null],
      ["2026-08", 0, null],
    ]);
    const factor = 1 + 0.5 * (18 / expected - 1);
    const [change] = await service.parameterLog(10);
    expect(change).toMatchObject({ name: "region_factor", partNo: "WP-1", before: null });
    expect(change?.after).toBeCloseTo(factor, 9);
    const july = { from: "2026-07-01T00:00:00.000Z", to: "2026-08-01T00:00:00.000Z" };
    const next = await service.draft(south, id(), {
      planType: "non_core",
      regionId: "south",
      period: july,
    });
    expect(next.lines[0]?.forecast?.regionFactor).toBeCloseTo(factor, 9);
    expect(next.assumptions[0]?.source).toContain(second.planId);
  });

  test("AS-17: a factor for the rainy season raises the forecast of the parts it names, and the plan lists it", async () => {
    const before = await draftOfSouth();
    await service.setParameter(south, id(), rain);
    const after = await draftOfSouth();
    const expectedOf = ({ lines }: typeof before) => lines[0]?.forecast?.expected ?? Number.NaN;
    expect(expectedOf(after)).toBeCloseTo(1.5 * expectedOf(before), 9);
    expect(after.assumptions).toEqual([
      { name: "seasonal_factor south WP-1", value: 1.5, source: rain.source },
    ]);
    const core = await service.draft(hq, id(), { planType: "core", regionId: "", period: june });
    expect(core.lines.every(({ forecast }) => forecast?.seasonalFactor === 1)).toBe(true);
    const december = { from: "2026-12-01T00:00:00.000Z", to: "2027-01-01T00:00:00.000Z" };
    const winter = await service.draft(south, id(), {
      planType: "non_core",
      regionId: "south",
      period: december,
    });
    expect(winter.lines[0]?.forecast?.seasonalFactor).toBe(1);
  });

  test("a part whose condition is watched counts by that, and no longer by its wear life", async () => {
    const installedAt = "2026-05-01T00:00:00.000Z";
    const evaluation = {
      evaluatedAt: "2026-05-31T00:00:00.000Z",
      method: "trend" as const,
      p10Days: 5,
      p50Days: 16,
      p90Days: 40,
      confidence: 0.9,
    };
    const installed = { position: "w", installedAt };
    await db.transaction(async (tx) => {
      const file = { ...installed, partNo: "WP-1", installedAtHours: 0, source: "predicted" };
      await tx
        .tables<OrganisationTables>()
        .insertInto("installed_parts")
        .values({
          row_id: "ip-1",
          machine_id: "south-0",
          position: "w",
          part_no: "WP-1",
          removed_at: null,
          body: JSON.stringify(file),
        })
        .execute();
      const part = { machineId: "south-0", installed: file as never };
      await recordEvaluation(tx, part, evaluation);
    });
    const forecast = (await draftOfSouth()).lines[0]?.forecast;
    // One day of the judgement has passed by June: half of such parts fail by the 16th, a tenth after the 10th of July.
    expect(forecast?.conditionDemand).toBeGreaterThan(0.5);
    expect(forecast?.conditionDemand).toBeLessThan(0.9);
    expect(forecast?.baseDemand).toBeCloseTo((23 * 30 * 12) / (2 * 365.25), 9);
  });

  test("a command given twice is done once, and its id serves nothing else", async () => {
    const draft = { planType: "non_core", regionId: "south", period: june } as const;
    const first = await service.draft(south, "same", draft);
    expect(await service.draft(south, "same", draft)).toEqual(first);
    expect(await service.list({ planType: "non_core" })).toHaveLength(1);
    await expect(
      service.step(south, "same", first.planId, { type: "review" }),
    ).rejects.toMatchObject({
      code: "COMMAND_REUSED",
    });
  });

  test("F-24: an emergency names its parts and is released at once", async () => {
    const emergency = [{ partNo: "KP-A", quantity: 1 }];
    const draft = { planType: "emergency", regionId: "south", period: june } as const;
    const { planId } = await service.draft(south, id(), { ...draft, emergency });
    expect((await service.step(south, id(), planId, { type: "release" })).state).toBe("released");
    await expect(service.draft(south, id(), draft)).rejects.toMatchObject({ code: "PLAN_LINES" });
    await expect(service.get("PP-0")).rejects.toMatchObject({ code: "PLAN_UNKNOWN" });
  });
});
