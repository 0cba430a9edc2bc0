import { listPlans, loadPlan } from "@firebreak/plans/load-plans.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { headerOf } from "../exchange/columns.ts";
import { writeCsv } from "../exchange/csv.ts";
import { createExchangeDesk } from "../exchange/exchange-desk.ts";
import { type ImportName, importKinds } from "../exchange/imports.ts";
import type { MachineFile } from "../organisation/machine-file.ts";
import { createOrganisationDesk } from "../organisation/organisation-desk.ts";
import { dispatcher as actor } from "../tickets.fixture.ts";
import { openWorld, type World } from "../world.fixture.ts";
import { loadFilePlans } from "./file-plans.ts";

const plans = new Map(listPlans().map((id) => [id, loadPlan(id)]));
const file: MachineFile = {
  machineId: "OLD-1",
  serialNumber: "OLD-0001",
  productType: "concrete_pump_truck",
  planId: "concrete-pump-truck",
  state: "in_service",
  handoverAt: "2024-05-01",
  regionId: "CN-HN",
  demonstrationSite: false,
  peakPeriods: [],
};

/** A file of one row. */
function csvOf(list: ImportName, row: Readonly<Record<string, string>>): Uint8Array {
  const { columns } = importKinds[list];
  const header = Object.keys(row).map((key) => (columns[key] ? headerOf(columns[key]) : key));
  return writeCsv([header, Object.values(row)]);
}

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

test("a machine without a gateway has the plan of its file from the moment it is written or imported", async () => {
  const { db, clock } = world;
  const filePlans = await loadFilePlans(db, plans);
  const onMachine = filePlans.note;
  expect(filePlans.of("PUMP-001")?.plan).toBe("concrete-pump-truck");
  expect(filePlans.of("OLD-1")).toBeUndefined();

  const desk = createOrganisationDesk({ db, clock, onMachine });
  const { regionId } = (await desk.machine("PUMP-001")).machine ?? file;
  const stored = await desk.write("machines", { actor, file: { ...file, regionId } });
  expect(filePlans.of("OLD-1")?.plan).toBe("concrete-pump-truck");
  const other = { ...stored.file, planId: "loader-tractor", productType: "loader_tractor" };
  await expect(
    desk.write("machines", { actor, file: { ...other, regionId: "nowhere" }, version: 1 }),
  ).rejects.toMatchObject({ code: "ORGANISATION_INVALID" });
  expect(filePlans.of("OLD-1")?.plan).toBe("concrete-pump-truck");
  await desk.write("machines", { actor, file: other, version: 1 });
  expect(filePlans.of("OLD-1")?.plan).toBe(plans.get("loader-tractor")?.plan);

  const csv = csvOf("machines", {
    machineId: "OLD-2",
    serialNumber: "OLD-0002",
    productType: "concrete_pump_truck",
    regionId,
    handoverAt: "2024-05-01",
    state: "in service",
  });
  const exchange = createExchangeDesk({ db, clock, onMachine });
  const importId = exchange.start({ list: "machines", mode: "import", bytes: csv, actor });
  expect(await exchange.job(importId, actor, 110_000)).toMatchObject({ state: "done", faults: [] });
  expect(filePlans.of("OLD-2")?.service.productType).toBe("concrete_pump_truck");
  expect((await loadFilePlans(db, plans)).of("OLD-2")).toBeDefined();
});

test("an engineer whom a list brings without a state can be assigned", async () => {
  const { db, clock } = world;
  const csv = csvOf("engineers", {
    engineerId: "E-NEW",
    name: "周新",
    stationId: "changsha",
    level: "senior",
    productTypes: "concrete_pump_truck",
    faultClasses: "hydraulic",
  });
  const exchange = createExchangeDesk({ db, clock });
  const importId = exchange.start({ list: "engineers", mode: "import", bytes: csv, actor });
  expect(await exchange.job(importId, actor, 110_000)).toMatchObject({ state: "done", faults: [] });
  const [engineer] = await createOrganisationDesk({ db, clock }).engineers({
    engineerIds: ["E-NEW"],
  });
  expect(engineer).toMatchObject({ name: "周新", state: "available" });
});
