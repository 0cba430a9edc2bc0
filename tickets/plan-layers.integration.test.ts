import { loadPlan } from "@firebreak/plans/load-plans.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadMachineSetting } from "./machine-terms.ts";
import { jobOf } from "./orders/ranking.ts";
import { loadMachineContext } from "./organisation/load-organisation.ts";
import { loadDemandContext } from "./parts/demand-context.ts";
import { readHolidays } from "./sla/load-holidays.ts";
import { targetsOf } from "./sla/sla-targets.ts";
import { finding } from "./tickets.fixture.ts";
import { openWorld, type World } from "./world.fixture.ts";

type Overrides = Pick<Plan["service"], "regionOverrides" | "segmentOverrides">;

describe("the layers of a plan at work", () => {
  const pump = loadPlan("concrete-pump-truck");
  const planWith = (overrides: Overrides): Plan => ({
    ...pump,
    service: { ...pump.service, segmentOverrides: {}, ...overrides },
  });

  // Nothing is written after the ticket is opened.
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());

  test("PL-7: the clocks of a ticket follow the region above, the region and the segment", async () => {
    // In Hunan, below Central, for urban construction, with a commitment of 8 h for emergencies.
    const minutes = async (plan: Plan) => {
      const nowMs = world.clock.nowMs();
      const { terms } = await loadMachineSetting(world.db, "PUMP-001", {
        plan,
        nowMs,
        holidays: readHolidays(),
      });
      return targetsOf(terms.level, "general", "anomaly").map(
        ({ kind, target }) => `${kind} ${target.minutes}`,
      );
    };
    const central = { slaProfile: "standard", slaUplift: 1 } as const;
    const clocks = [{ clock: "arrival", priority: "general", targetMinutes: 600 } as const];
    expect(await minutes(planWith({}))).toEqual(["response 480", "arrival 2880"]);
    expect(await minutes(planWith({ regionOverrides: { central } }))).toEqual([
      "response 120",
      "arrival 1440",
    ]);
    const layered = planWith({
      regionOverrides: { hunan: { clocks }, central },
      segmentOverrides: { urban_construction: { slaUplift: 0 } },
    });
    expect(await minutes(layered)).toEqual(["response 480", "arrival 600", "resolution 2880"]);
  });

  test("who may come follows the region's staffing", async () => {
    const context = await loadMachineContext(world.db, "PUMP-101", world.clock.nowMs());
    const [change] = await world.apply(finding({ machineId: "PUMP-101" }));
    if (!change) throw new TypeError("a finding opens a ticket");
    const levelIn = (overrides: Overrides) => {
      const given = { context, plan: planWith(overrides), neighbourRegionIds: [] };
      const { minLevel, wantsSpecialist } = jobOf(change.ticket, given);
      return { minLevel, wantsSpecialist };
    };
    const staffing = { minLevel: "expert", dedicatedSpecialist: false } as const;
    expect(levelIn({}).minLevel).toBe(pump.service.staffing?.minLevel);
    expect(levelIn({ regionOverrides: { fujian: { staffing } } })).toEqual({
      minLevel: "expert",
      wantsSpecialist: false,
    });
    expect(levelIn({ regionOverrides: { south: { staffing } } })).toEqual(levelIn({}));
  });

  test("a market that is a key one for this machine type comes first, and one that is not does not", async () => {
    const isKey = (machineId: string, overrides: Overrides) =>
      world.db.transaction(async (tx) => {
        const planOf = () => planWith(overrides);
        const nowMs = world.clock.nowMs();
        const ticket = { machineId, planRef: "", regionId: "" };
        return (await loadDemandContext({ tx, nowMs, planOf }, ticket)).isKeyCustomer;
      });
    // Fujian is a developing market below East, a potential one.
    expect(await isKey("PUMP-101", {})).toBe(false);
    const potential = { marketStage: "potential" } as const;
    expect(await isKey("PUMP-101", { regionOverrides: { fujian: potential } })).toBe(true);
    expect(await isKey("PUMP-101", { regionOverrides: { east: potential } })).toBe(true);
    expect(await isKey("LOADER-001", {})).toBe(true);
    const secondary = { marketStage: "secondary" } as const;
    expect(await isKey("LOADER-001", { regionOverrides: { central: secondary } })).toBe(false);
  });
});
