import { loadPlan } from "@firebreak/plans/load-plans.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import { episodeFactors } from "@firebreak/rules/health/episode-factors.ts";
import { indexOf } from "@firebreak/rules/health/machine-health.ts";
import type { PartStanding, Standing } from "@firebreak/tickets/health/standing.ts";
import { Value } from "typebox/value";
import { describe, expect, test } from "vitest";
import type { MachineCondition } from "../ports.ts";
import { healthNow } from "./fleet.ts";
import { MachineHealth, toMachineHealth } from "./machine-health.ts";
import { outlooksOf, standingFactors } from "./standing-health.ts";

const plan = loadPlan("concrete-pump-truck");
const nowMs = Date.parse("2026-06-30T00:00:00Z");
const at = "2026-06-29T00:00:00.000Z";
const [failureMode = "", mode] =
  Object.entries(plan.service.failureModes).find(([, one]) => one.component === "main-pump") ?? [];
const rule = plan.rules.rules.find(
  (one) => "failureMode" in one && one.failureMode === failureMode,
);

const finding: Finding = {
  ...{ findingId: "f", phase: "raised", machineId: "m", ruleId: rule?.id ?? "", planRef: "p@1" },
  ...{ failureMode, subject: "", severity: "warning", since: at, at },
  ...{ isOnset: true, isHistory: false },
  evidence: [
    {
      ...{ kind: "signal", signal: "hydraulicOilTemperature", unit: "°C", observed: 92, limit: 85 },
      ...{ quality: "good", context: null, from: at, to: at, rule: rule?.id ?? "" },
    },
  ],
};

const estimate = (method: "usage_counter" | "trend", p50Days: number) => ({
  ...{ evaluatedAt: at, method, p10Days: p50Days * 0.8, p50Days, p90Days: p50Days * 1.2 },
  confidence: 0.8,
});
const piston: PartStanding = {
  ...{ position: "delivery-piston-1", partNo: "FB-CP-PST-01" },
  title: { en: "Delivery piston 1", "zh-CN": "输送活塞 1" },
  ageDays: 300,
  estimates: [estimate("usage_counter", 20), estimate("trend", 40)],
  judgedSince: at,
  past: [],
};
const standing: Standing = {
  machineId: "m",
  parts: [piston],
  overdue: [{ ticketId: "T-1", dueTo: "2026-06-20T00:00:00.000Z" }],
  repairs: [],
  advisory: [],
};

function conditionOf(known: Standing | undefined, newestAt: string | null = at): MachineCondition {
  const beside = known ? standingFactors(known, nowMs) : [];
  const factors = [...episodeFactors({ findings: [finding], codes: [] }, plan), ...beside];
  const health = newestAt === null ? null : indexOf(factors.map(({ cost }) => cost));
  const found = { activeCodes: [], activeFindings: 1, findings: [finding] };
  return { health, factors, newestAt, ...found };
}
const view = (known: Standing | undefined, machine = {}, condition = conditionOf(known)) =>
  toMachineHealth({ machine, condition, standing: known, plan, latest: [] });

describe("health of one machine", () => {
  test("says what lowers it since when, in words, and keeps to its schema", () => {
    const seen = view(standing);
    expect([...Value.Errors(MachineHealth, seen)]).toEqual([]);
    const causes = seen.factors.map(({ cause, since }) => [cause, since]);
    expect(causes).toEqual([
      ["episode", at],
      ["life", at],
      ["overdue", "2026-06-20T00:00:00.000Z"],
    ]);
    const [episode, life] = seen.factors;
    expect(life?.title).toEqual(piston.title);
    expect(episode).toMatchObject({ component: "main-pump", title: mode?.title });
    expect(episode?.sentence?.en).toContain("was 92 °C, expected at most 85 °C");
    expect(seen.components.find(({ component }) => component === "main-pump")?.index).toBe(75);
  });

  test("says of what waits for a person that it has returned to normal, and first what is true", () => {
    const latched: Finding = { ...finding, findingId: "g", isLatched: true };
    const sentence = (...findings: Finding[]) =>
      view(standing, {}, { ...conditionOf(standing), findings }).factors[0]?.sentence;
    const plainly = sentence(finding);
    expect(sentence(latched)).toEqual({
      en: `${plainly?.en} Returned to normal, waits for somebody to confirm.`,
      "zh-CN": `${plainly?.["zh-CN"]}已恢复正常，待人工确认。`,
    });
    expect(sentence(finding, latched)).toEqual(plainly);
  });

  test("the list of the fleet has the same index, connection included", () => {
    const silence = { machineId: "m", siteId: null, gatewayId: null, status: "offline" } as const;
    const why = { cause: "power-cut", isCertain: true, detail: "", isUsual: false } as const;
    for (const machine of [
      {},
      { gateway: "degraded" as const },
      { silence: { ...silence, ...why, sinceMs: nowMs, heardMs: 86_400_000 } },
    ]) {
      const { index } = view(standing, machine);
      expect(Math.round(healthNow(machine, conditionOf(standing)) ?? -1)).toBe(index);
    }
    const long = { silence: { ...silence, ...why, sinceMs: nowMs, heardMs: 8 * 86_400_000 } };
    expect(view(standing, long).index).toBe("unknown");
    expect(healthNow(long, conditionOf(standing))).toBeNull();
  });

  test("HP-3: no data is unknown, and so is a machine nobody judges", () => {
    expect(view(standing, {}, conditionOf(standing, null))).toMatchObject({ index: "unknown" });
    const never = toMachineHealth({
      ...{ machine: {}, condition: undefined, standing: undefined, plan: undefined, latest: [] },
    });
    expect(never).toMatchObject({ index: "unknown", factors: [], outlook: { chance: null } });
  });
});

describe("outlook of parts", () => {
  test("joins use and trend: the chance within 30 days lies between what each says alone", () => {
    const [both] = outlooksOf(standing);
    const alone = (place: number) =>
      outlooksOf({
        parts: [{ ...piston, estimates: piston.estimates.slice(place, place + 1) }],
      })[0];
    const [soon, late] = [alone(0)?.outlook.chance ?? 0, alone(1)?.outlook.chance ?? 1];
    expect(soon).toBeGreaterThan(0.99);
    expect(late).toBeLessThan(0.1);
    expect(both?.outlook.chance).toBeCloseTo((soon + late) / 2, 2);
  });

  test("lives in the field correct the plan's, and count as a method of their own", () => {
    const past = Array.from({ length: 6 }, (_, place) => ({ expected: 100, actual: 150 + place }));
    const field = { shape: 3, scaleDays: 500 };
    const [told] = outlooksOf({ parts: [{ ...piston, past, field }] });
    expect(told?.isCalibrated).toBe(true);
    expect(told?.estimates.map(({ method }) => method)).toEqual([
      "usage_counter",
      "trend",
      "field",
    ]);
    // 320 days in all, half as long again.
    expect(told?.estimates[0]?.p50Days).toBeGreaterThan(180);
  });

  test("a part of which nothing is known has no outlook", () => {
    expect(outlooksOf({ parts: [{ ...piston, estimates: [] }] })).toEqual([]);
  });
});
