import { loadPlan } from "@firebreak/plans/load-plans.ts";
import { every, judgeOf } from "@firebreak/rules/engine/rule-engine.fixture.ts";
import { createRuleEngine } from "@firebreak/rules/engine/rule-engine.ts";
import { describe, expect, test } from "vitest";
import { foundByPlan, type Values } from "./found-by-plan.fixture.ts";

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

  test("tells of a full filter once, however often pumping stops and the pressure with it", () => {
    const filled = (at: number) => ({ returnPressure: at % 65 < 50 ? 3.9 : 0.3 });
    expect(raisedBy(filled)).toEqual(["return-pressure-high"]);
  });

  test("does not take the rocking of a boom that moves for an outrigger that sinks", () => {
    expect(raisedBy((at) => ({ outriggerTilt: at % 60 < 6 ? 3.6 : 0.8 }))).toEqual([]);
  });
});

describe("the pump truck's plan on what it derives", () => {
  const pumping = {
    ...{ engineSpeed: 1550, strokesPerMinute: 20, hydraulicOilTemperature: 55 },
    ...{ mainPressure: 140, waterBoxTemperature: 6, ambientAirTemperature: 0 },
  };
  const said = (changed: Values) =>
    foundByPlan(plan, { ...pumping, ...changed }, { seconds: 2400, stepSeconds: 5 });
  const worn = ["raised main-pump-efficiency-low main-pump-wear"];

  // 460 L/min are displaced; 40 % of the rated pressure.
  test.each([
    {
      name: "nothing of 5 % that leak at 40 % of the pressure",
      values: { caseDrainFlow: 23 },
      is: [],
    },
    { name: "a worn pump by 7 %", values: { caseDrainFlow: 32 }, is: worn },
    {
      name: "nothing of 7 % at a higher pressure",
      values: { caseDrainFlow: 32, mainPressure: 240 },
      is: [],
    },
    {
      name: "nothing of hot, thin oil",
      values: { caseDrainFlow: 32, hydraulicOilTemperature: 74 },
      is: [],
    },
    {
      name: "worn pistons in frost",
      values: { waterBoxTemperature: 8, ambientAirTemperature: -8 },
      is: ["raised water-box-warms piston-wear"],
    },
    {
      name: "nothing of the water box on a hot day",
      values: { waterBoxTemperature: 46, ambientAirTemperature: 38 },
      is: [],
    },
  ])("finds $name", ({ values, is }) => {
    expect(said(values)).toEqual(is);
  });

  test("the dips of each stroke are no leak", () => {
    const mainPressure = (at: number) => (at % 15 === 0 ? 70 : 140);
    expect(said({ caseDrainFlow: 23, mainPressure })).toEqual([]);
  });
});
