import { loadPlan } from "@firebreak/plans/load-plans.ts";
import { every, judgeOf } from "@firebreak/rules/engine/rule-engine.fixture.ts";
import { createRuleEngine } from "@firebreak/rules/engine/rule-engine.ts";
import { describe, expect, test } from "vitest";

const plan = loadPlan("concrete-pump-truck");

/** A healthy truck that pumps for 50 of every 65 seconds with the boom unfolded. */
const healthy = {
  engineSpeed: 1550,
  strokesPerMinute: 21,
  hydraulicOilTemperature: 58,
  boomState: 2,
  caseDrainFlow: 24,
  suctionPressure: -0.12,
  returnPressure: 1.8,
  outriggerTilt: 0.6,
  greaseLevel: 64,
};

/** Rules that speak within four minutes of such work, in which some values are others. */
function raisedBy(changed: Partial<typeof healthy> | ((at: number) => Partial<typeof healthy>)) {
  const said = every(1, [0, 240], (at) => at).flatMap((at: number) => {
    const isPumping = at % 65 < 50;
    const own = typeof changed === "function" ? changed(at) : changed;
    const values = { ...healthy, ...(isPumping ? {} : { strokesPerMinute: 0 }), ...own };
    return Object.entries(values).map(([signal, value]) => ({ at, signal, value }));
  });
  const found = judgeOf(createRuleEngine({ planOf: () => plan }), plan).say(said);
  return found.flatMap(({ phase, ruleId }) => (phase === "raised" ? [ruleId] : []));
}

describe("the pump truck's plan on hydraulics, outriggers and grease", () => {
  test.each([
    { name: "nothing on a healthy truck", values: {}, is: [] },
    { name: "a main pump that leaks", values: { caseDrainFlow: 96 }, is: ["case-drain-high"] },
    {
      name: "a full return filter",
      values: { returnPressure: 3.9 },
      is: ["return-pressure-high"],
    },
    {
      name: "nothing of filters while the oil is cold",
      values: { returnPressure: 5.2, suctionPressure: -0.6, hydraulicOilTemperature: 12 },
      is: [],
    },
    {
      name: "a clogged suction strainer",
      values: { suctionPressure: -0.48 },
      is: ["suction-vacuum-deep"],
    },
    { name: "an outrigger that sinks in", values: { outriggerTilt: 3.4 }, is: ["machine-tilts"] },
    {
      name: "nothing while the truck stands on a slope, boom folded",
      values: { outriggerTilt: 3.4, boomState: 0 },
      is: [],
    },
    { name: "an empty grease reservoir", values: { greaseLevel: 6 }, is: ["grease-low"] },
  ])("finds $name", ({ values, is }) => {
    expect(raisedBy(values)).toEqual(is);
  });

  test("does not take the rocking of a boom that moves for an outrigger that sinks", () => {
    expect(raisedBy((at) => ({ outriggerTilt: at % 60 < 6 ? 3.6 : 0.8 }))).toEqual([]);
  });
});
