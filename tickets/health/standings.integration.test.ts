import { describeEachDatabase } from "@firebreak/kit/each-database.fixture.ts";
import { loadPlan } from "@firebreak/plans/load-plans.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { repairAndRate } from "../kpi/repaired.fixture.ts";
import { saveRuleMode } from "../lessons/rule-modes.ts";
import { installPart } from "../organisation/installed-parts.ts";
import { createOrganisationDesk } from "../organisation/organisation-desk.ts";
import { runPlanner } from "../planner/run-planner.ts";
import { dispatcher as actor } from "../tickets.fixture.ts";
import { openWorld, type World } from "../world.fixture.ts";
import { createStandingDesk } from "./standing-desk.ts";

const plan = loadPlan("concrete-pump-truck");
const DAY_MS = 86_400_000;

describeEachDatabase("standing of machines", (open) => {
  let world: World;
  beforeEach(async () => {
    world = await openWorld(await open());
  });
  afterEach(() => world.close());

  test("parts with all that is known of their lives, overdue work, repairs, rules that only show", async () => {
    const { db, clock, service } = world;
    const desk = createOrganisationDesk({ db, clock });
    await desk.write("machines", {
      actor,
      file: {
        ...{ machineId: "NEW-1", serialNumber: "SN-1", productType: "concrete_pump_truck" },
        ...{ state: "in_service", regionId: "hunan", stationId: "changsha" },
        ...{ handoverAt: "2026-02-20", demonstrationSite: false, peakPeriods: [] },
      },
    });
    const work = (run: (of: ReturnType<typeof service.begin>) => Promise<unknown>) =>
      db.transaction((tx) => run(service.begin(tx, { kind: "system", id: "test" })));
    const position = "s-valve-accumulator";
    // Four that came out worn after some 100 days each, then the one that works now.
    for (let life = 0; life < 5; life++) {
      const installedAt = new Date(clock.nowMs()).toISOString();
      const part = { position, partNo: "FB-CP-BLD-01", installedAt, installedAtHours: 0 };
      await work((of) => installPart(of, "NEW-1", { ...part, source: "default" }));
      if (life < 4) clock.advance((100 + life) * DAY_MS);
    }
    await repairAndRate(world, "NEW-1");
    await work((of) =>
      saveRuleMode(of, { planId: plan.plan, ruleId: "odd" }, { mode: "advisory", reason: "t" }),
    );
    const planOf = () => plan;
    await runPlanner({ db, begin: (tx) => service.begin(tx, actor), planOf, clock });
    clock.advance(60 * DAY_MS);

    const standings = createStandingDesk({ db, planOf, usageOf: () => undefined, clock });
    const standing = await standings.of("NEW-1");
    const bladder = standing?.parts.find((one) => one.position === position);
    expect(bladder?.ageDays).toBeCloseTo(60, 0);
    expect(bladder?.estimates).toMatchObject([{ method: "usage_counter" }]);
    expect(bladder?.field?.scaleDays).toBeGreaterThan(90);
    expect(bladder?.past).toHaveLength(4);
    expect(standing?.overdue.length).toBeGreaterThan(0);
    expect(standing?.repairs).toMatchObject([{ component: expect.any(String) }]);
    expect(standing?.advisory).toEqual(["odd"]);
    expect(await standings.of("nobody")).toBeUndefined();
    let seen = 0;
    for await (const some of standings.all()) seen += some.length;
    expect(seen).toBeGreaterThan(1);
  });
});
