import { permissionsOf } from "@firebreak/kit/roles.ts";
import { describe, expect, test } from "vitest";
import {
  mayStep,
  monthAfter,
  nextOfPlan,
  obstacleOf,
  owns,
  type PartsPlan,
  periodOf,
} from "./parts/plans/plan-data.ts";
import { partBody } from "./parts/stock/part-form.tsx";
import {
  balancesOf,
  endOfTransfer,
  nextOfTransfer,
  owedOf,
  type PartLoan,
  reaches,
} from "./parts/stock/stock-data.ts";
import { formatYuan } from "./parts/stock/stock-format.ts";

const person = (role: "hq_service" | "region_manager" | "parts_planner", regionId?: string) => ({
  role,
  permissions: permissionsOf(role),
  ...(regionId === undefined ? {} : { regionId }),
});

describe("the parts master", () => {
  const part = {
    partNo: "P-1",
    name: { en: "Seal", "zh-CN": "密封圈" },
    unitPriceFen: 1_999,
    spec: "M12",
    discontinuedAt: "2026-05-01T04:00:00.000Z",
    onHand: 3,
    planClass: "core",
  } as const;
  const values = { nameZh: "密封圈", nameEn: "Seal", price: 19.99, discontinued: "2026-05-01" };

  test("a form gives the facts only, money in fen, and keeps an instant whose day stays", () => {
    const body = partBody(part, { ...values, spec: undefined, alternates: "A-1， B-2" });
    expect(body).toEqual({
      name: part.name,
      unitPriceFen: 1_999,
      alternates: ["A-1", "B-2"],
      discontinuedAt: part.discontinuedAt,
    });
    expect(partBody({}, { ...values, partNo: "P-2" })).toMatchObject({ partNo: "P-2" });
  });
});

describe("stock", () => {
  test("the balance runs back from what lies there now", () => {
    const moves = [
      { movementId: "c", quantity: -2 },
      { movementId: "b", quantity: 0 },
      { movementId: "a", quantity: 5 },
    ];
    expect([...balancesOf(moves, 3)]).toEqual([
      ["c", 3],
      ["b", 5],
      ["a", 5],
    ]);
  });

  test("a transfer has one next step; the green channel needs no approval", () => {
    const next = (state: "requested" | "in_transit" | "lost", isGreen = false) =>
      nextOfTransfer({ state, isGreen })?.step;
    expect([next("requested"), next("requested", true)]).toEqual(["approve", "pick"]);
    expect([next("in_transit"), next("lost")]).toEqual(["receive", undefined]);
    expect(endOfTransfer({ state: "in_transit" })?.step).toBe("lose");
    expect(endOfTransfer({ state: "picked" })?.step).toBe("cancel");
    expect(endOfTransfer({ state: "received" })).toBeUndefined();
  });

  test("a loan owes its pieces while they are out, and the old part until it is back", () => {
    const loan: PartLoan = {
      loanId: "l",
      ticketId: "T-1",
      partNo: "P",
      quantity: 2,
      used: 0,
      returned: 0,
      locationId: "here",
      state: "open",
      openedAt: "2026-01-01T00:00:00.000Z",
      remindAt: "2026-01-04T00:00:00.000Z",
      coreDueAt: "2026-01-09T00:00:00.000Z",
    };
    const nowMs = Date.parse("2026-01-05T00:00:00.000Z");
    expect(owedOf(loan, nowMs)).toMatchObject({
      pieces: { isPast: true },
      oldPart: { isPast: false },
    });
    expect(owedOf({ ...loan, used: 2 }, nowMs)).not.toHaveProperty("pieces");
    const back = { ...loan, returned: 2, coreReturnedAt: "2026-01-05T00:00:00.000Z" };
    expect(owedOf(back, nowMs)).toEqual({});
  });

  test("an approval reaches its own level and those below", () => {
    expect([reaches("region", "station"), reaches("region", "hq")]).toEqual([true, false]);
    expect([reaches("station", "auto"), reaches(undefined, "auto")]).toEqual([true, false]);
  });

  test("fen are written as yuan with both decimals", () => {
    expect(formatYuan(286_000, "en").replace("\u2060", "")).toBe("¥2,860.00");
  });
});

describe("parts plans", () => {
  test("a month begins at midnight of headquarters, and the year turns", () => {
    expect(monthAfter(Date.parse("2026-12-15T00:00:00Z"))).toBe("2027-01");
    // Half past midnight of 1 December in Shanghai is still November in UTC.
    expect(monthAfter(Date.parse("2026-11-30T16:30:00Z"))).toBe("2027-01");
    expect(periodOf("2026-12")).toEqual({
      from: "2026-11-30T16:00:00.000Z",
      to: "2026-12-31T16:00:00.000Z",
    });
  });

  test("core parts are headquarters'; a region drafts and releases its own, and approves nothing", () => {
    const core = { planType: "core", regionId: "" } as const;
    const own = { planType: "non_core", regionId: "south" } as const;
    const [hq, south] = [person("hq_service"), person("region_manager", "south")];
    expect([owns(hq, core), owns(south, core), owns(south, own)]).toEqual([true, false, true]);
    expect(owns(person("region_manager", "north"), own)).toBe(false);
    expect([mayStep(south, own, "approve"), mayStep(hq, own, "approve")]).toEqual([false, true]);
    expect([mayStep(south, own, "release"), mayStep(hq, core, "release")]).toEqual([true, true]);
    // A planner of headquarters drafts core parts, and does not release them.
    const planner = person("parts_planner");
    expect([owns(planner, core), mayStep(planner, core, "release")]).toEqual([true, false]);
  });

  test("PD-1, F-24: without an assumption a plan stops; an emergency is released as it is drafted", () => {
    const plan: PartsPlan = {
      planId: "PP-1",
      planType: "core",
      regionId: "",
      period: periodOf("2026-12"),
      state: "draft",
      lines: [],
      assumptions: [],
      history: [],
      version: 1,
    };
    expect(obstacleOf(plan, 0)).toBe("assumeFirst");
    expect(obstacleOf({ ...plan, state: "reviewed" }, 0)).toBe("refused");
    // The way out of it: by who would have to approve, or by who handed it in.
    const roles = ["hq_service", "parts_planner", "region_manager"] as const;
    const maySendBack = roles.map((role) => mayStep(person(role), plan, "send-back"));
    expect(maySendBack).toEqual([true, true, false]);
    const emergency = { ...plan, planType: "emergency" } as const;
    expect([obstacleOf(emergency, 0), nextOfPlan(emergency)]).toEqual([undefined, "release"]);
    const released = { ...plan, state: "released" } as const;
    expect(obstacleOf(released, Date.parse("2026-12-31T15:59:59Z"))).toBe("tooEarly");
    expect(obstacleOf(released, Date.parse("2026-12-31T16:00:00Z"))).toBeUndefined();
  });
});
