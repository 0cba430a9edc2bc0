import type { Role } from "@firebreak/kit/roles.ts";
import { describe, expect, test } from "vitest";
import type { PartsDemandForecast } from "./forecast.ts";
import { type Parameter, parameterFor } from "./parameters.ts";
import {
  neededOf,
  type PartsPlan,
  type PlanLine,
  type Planner,
  type PlanStep,
  type PlanType,
  stepPlan,
} from "./parts-plan.ts";

const at = "2026-03-31T00:00:00.000Z";
const period = { from: "2026-04-01T00:00:00.000Z", to: "2026-05-01T00:00:00.000Z" };
const hq: Planner = { actorId: "u-hq", role: "hq_service" };
const planner: Planner = { actorId: "u-planner", role: "parts_planner" };
const region: Planner = { actorId: "u-south", role: "region_manager", regionId: "south" };
const assumption = { name: "rainy season", value: 1.3, source: "sales of last year" };

const line: PlanLine = {
  partNo: "KP-A",
  regionId: "south",
  quantity: 3,
  forecast: { upper: 9, state: "draft" } as PartsDemandForecast,
  stock: { onHand: 5, reserved: 1, inTransit: 2 },
  isAboveUpper: false,
};

const plan = (planType: PlanType, facts: Partial<PartsPlan> = {}): PartsPlan => ({
  planId: "PP-1",
  planType,
  regionId: planType === "core" ? "" : "south",
  period,
  state: "draft",
  lines: [line],
  assumptions: [],
  history: [],
  version: 1,
  ...facts,
});

const assume: PlanStep = { type: "assume", assumption };
const through = (start: PartsPlan, ...steps: readonly (readonly [PlanStep, Planner])[]) =>
  steps.reduce((before, [step, by]) => stepPlan(before, step, by, at), start);
const codeOf = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return "nothing was thrown";
};

describe("neededOf", () => {
  const none = { onHand: 0, reserved: 0, inTransit: 0 };

  test.each([
    { upper: 9, factor: undefined, pieces: 9 },
    { upper: 9, factor: 1.2, pieces: 11 },
    { upper: 10, factor: 1.1, pieces: 11 },
    { upper: 10, factor: 0.5, pieces: 5 },
    { upper: 0, factor: 3, pieces: 0 },
  ])("$upper at the most, $factor times: $pieces pieces", ({ upper, factor, pieces }) => {
    expect(neededOf(upper, none, factor)).toBe(pieces);
  });
});

describe("stepPlan", () => {
  test("F-24: headquarters drafts, approves and releases core parts", () => {
    const released = through(
      plan("core"),
      [assume, planner],
      [{ type: "review" }, planner],
      [{ type: "approve" }, hq],
      [{ type: "release" }, hq],
    );
    expect(released.state).toBe("released");
    expect(released.lines[0]?.forecast?.state).toBe("released");
    expect(released.history.map(({ state, actorId }) => `${state} ${actorId}`)).toEqual([
      "reviewed u-planner",
      "approved u-hq",
      "released u-hq",
    ]);
  });

  test("F-24: a region neither drafts nor releases a core plan", () => {
    const approved = plan("core", { state: "approved", assumptions: [assumption] });
    for (const by of [region, { ...region, regionId: undefined }, planner])
      expect(codeOf(() => stepPlan(approved, { type: "release" }, by, at))).toBe("PLAN_NOT_YOURS");
    expect(codeOf(() => stepPlan(plan("core"), { type: "review" }, region, at))).toBe(
      "PLAN_NOT_YOURS",
    );
  });

  test("F-24: a region drafts and releases the others, and headquarters approves them", () => {
    const reviewed = through(plan("non_core"), [assume, region], [{ type: "review" }, region]);
    expect(codeOf(() => stepPlan(reviewed, { type: "approve" }, region, at))).toBe(
      "PLAN_NOT_YOURS",
    );
    expect(through(reviewed, [{ type: "approve" }, hq], [{ type: "release" }, region]).state).toBe(
      "released",
    );
  });

  test("F-24: a region has no word in another's plan, and an engineer none in any", () => {
    const others = plan("non_core", { regionId: "north" });
    expect(codeOf(() => stepPlan(others, { type: "review" }, region, at))).toBe("PLAN_NOT_YOURS");
    for (const role of ["engineer", "viewer", "rnd"] as Role[])
      expect(codeOf(() => stepPlan(others, { type: "review" }, { actorId: "u", role }, at))).toBe(
        "PLAN_NOT_YOURS",
      );
  });

  test("F-24: an emergency is released as it is drafted and waits for nobody", () => {
    expect(stepPlan(plan("emergency"), { type: "release" }, region, at).state).toBe("released");
    expect(codeOf(() => stepPlan(plan("non_core"), { type: "release" }, hq, at))).toBe(
      "PLAN_TRANSITION",
    );
  });

  test("PD-1: no plan is approved without an assumption", () => {
    const reviewed = plan("non_core", { state: "reviewed" });
    expect(codeOf(() => stepPlan(reviewed, { type: "approve" }, hq, at))).toBe("PLAN_ASSUMPTIONS");
    expect(
      stepPlan({ ...reviewed, assumptions: [assumption] }, { type: "approve" }, hq, at).state,
    ).toBe("approved");
  });

  test("PD-1: a plan handed in without an assumption goes back to draft, where one can be stated", () => {
    const stuck = plan("non_core", { state: "reviewed" });
    const back: PlanStep = { type: "send-back", note: "says nothing of the season" };
    const mended = through(stuck, [back, hq], [assume, region], [{ type: "review" }, region]);
    expect(stepPlan(mended, { type: "approve" }, hq, at).state).toBe("approved");
    expect(mended.history).toEqual([
      { state: "draft", actorId: "u-hq", at, note: "says nothing of the season" },
      { state: "reviewed", actorId: "u-south", at },
    ]);
    expect(mended.lines[0]?.forecast?.state).toBe("reviewed");
    // Who handed it in may take it back; another region may not, and what is approved stays so.
    expect(stepPlan(stuck, { type: "send-back" }, region, at).state).toBe("draft");
    const north: Planner = { ...region, regionId: "north" };
    expect(codeOf(() => stepPlan(stuck, back, north, at))).toBe("PLAN_NOT_YOURS");
    const approved = plan("non_core", { state: "approved", assumptions: [assumption] });
    expect(codeOf(() => stepPlan(approved, back, hq, at))).toBe("PLAN_TRANSITION");
  });

  test("PD-4: a region that asks for more than the upper demand is marked", () => {
    const asked = (quantity: number) =>
      stepPlan(
        plan("non_core"),
        { type: "set-quantity", partNo: "KP-A", regionId: "south", quantity },
        region,
        at,
      ).lines[0]?.isAboveUpper;
    // 9 at the most, of which 4 are free here and 2 on the way.
    expect([asked(3), asked(4)]).toEqual([false, true]);
    // Where the service plan has a fifth more kept: 11 at the most.
    const keptMore = plan("non_core", { lines: [{ ...line, stockFactor: 1.2 }] });
    const more = (quantity: number) =>
      stepPlan(
        keptMore,
        { type: "set-quantity", partNo: "KP-A", regionId: "south", quantity },
        region,
        at,
      ).lines[0]?.isAboveUpper;
    expect([more(5), more(6)]).toEqual([false, true]);
    const other: PlanStep = {
      type: "set-quantity",
      partNo: "KP-Z",
      regionId: "south",
      quantity: 1,
    };
    expect(codeOf(() => stepPlan(plan("non_core"), other, region, at))).toBe("PLAN_LINE_UNKNOWN");
  });

  test.each(["reviewed", "approved", "released", "evaluated"] as const)(
    "a plan that is %s is changed no more",
    (state) => {
      expect(codeOf(() => stepPlan(plan("non_core", { state }), assume, hq, at))).toBe(
        "PLAN_TRANSITION",
      );
    },
  );
});

describe("parameterFor", () => {
  const parameter = (facts: Partial<Parameter>): Parameter => ({
    name: "seasonal_factor",
    regionId: "",
    partNo: "",
    months: [],
    value: 1,
    source: "somebody",
    ...facts,
  });
  const all = [
    parameter({ value: 1 }),
    parameter({ value: 2, months: [6] }),
    parameter({ value: 3, regionId: "south" }),
    parameter({ value: 4, regionId: "hainan" }),
    parameter({ value: 5, regionId: "hainan", months: [6] }),
    parameter({ value: 6, partNo: "KP-A" }),
    parameter({ value: 7, name: "region_factor", partNo: "KP-A" }),
  ];
  const of = (partNo: string, regionPath: string[], month: number) =>
    parameterFor(all, "seasonal_factor", { partNo, regionPath, month })?.value;

  test.each([
    { name: "the general one", partNo: "X", path: ["north"], month: 1, value: 1 },
    { name: "one of the month", partNo: "X", path: ["north"], month: 6, value: 2 },
    {
      name: "one of the region above",
      partNo: "X",
      path: ["south", "guangxi"],
      month: 6,
      value: 3,
    },
    {
      name: "one of the region itself",
      partNo: "X",
      path: ["south", "hainan"],
      month: 1,
      value: 4,
    },
    { name: "region and month", partNo: "X", path: ["south", "hainan"], month: 6, value: 5 },
    { name: "one of the part", partNo: "KP-A", path: ["south", "hainan"], month: 6, value: 6 },
  ])("$name: $value", ({ partNo, path, month, value }) => {
    expect(of(partNo, path, month)).toBe(value);
  });

  test("none when nobody set one", () => {
    expect(
      parameterFor(all, "planned_units", { partNo: "X", regionPath: [], month: 1 }),
    ).toBeUndefined();
  });
});
