import { loadPlan } from "@firebreak/plans/load-plans.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadMachineSetting } from "./machine-terms.ts";
import { readHolidays } from "./sla/load-holidays.ts";
import { targetsOf } from "./sla/sla-targets.ts";
import { openWorld, type World } from "./world.fixture.ts";

describe("loadMachineSetting", () => {
  let world: World;
  beforeEach(async () => {
    world = await openWorld();
  });
  afterEach(() => world.close());

  const minutes = async (machineId: string, priority: "emergency" | "general") => {
    const { terms } = await loadMachineSetting(world.db, machineId, {
      plan: loadPlan("concrete-pump-truck"),
      nowMs: world.clock.nowMs(),
      holidays: readHolidays(),
    });
    return Object.fromEntries(
      targetsOf(terms.level, priority, "anomaly").map(({ kind, target }) => [kind, target.minutes]),
    );
  };

  test("C-01: commitment, segment and plan count together, time by time", async () => {
    // Urban construction is served one priority higher; the commitment has emergencies reached within 8 h.
    expect(await minutes("PUMP-001", "general")).toEqual({ response: 240, arrival: 1440 });
    expect(await minutes("PUMP-001", "emergency")).toEqual({ response: 60, arrival: 480 });
    expect(await minutes("PUMP-101", "general")).toEqual({ response: 480, arrival: 2880 });
  });
});
