import { loadPlan } from "@firebreak/plans/load-plans.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import { judgeHistory } from "@firebreak/rules/history/judge-history.ts";
import { expect, test } from "vitest";
import { beforeHour } from "../learned/before-hour.ts";
import { type Lived, live, msPerDay, startMs } from "./lived-machine.fixture.ts";

/** A year and more of machines: minutes. */
const isSoak = process.env.FIREBREAK_SOAK !== undefined;

/** What is raised, judged day by day as a hub does. */
function raisedOf(typeName: string, { hours }: Lived, days: number): Finding[] {
  const plan = loadPlan(typeName);
  const told = new Map<string, Finding>();
  const raised: Finding[] = [];
  const firstDay = Math.floor(startMs / msPerDay);
  for (let lastDay = firstDay + 10; lastDay < firstDay + days; lastDay++) {
    const settingOf = () => ({ horizonDays: 30, fromHour: Number.NEGATIVE_INFINITY });
    const known = { machineId: "M", plan, lastDay, told: [...told.values()], settingOf };
    const until = (lastDay + 1) * 24;
    const work = judgeHistory({ ...known, hours: beforeHour(hours, until) });
    for (let next = work.next(); ; next = work.next()) {
      if (!next.done) continue;
      for (const finding of next.value.findings) {
        told.set(finding.findingId, finding);
        if (finding.phase === "raised") raised.push(finding);
      }
      break;
    }
  }
  return raised;
}

const slow = [
  {
    type: "concrete-pump-truck",
    fault: "main-pump-wears",
    lifeHours: 500,
    rule: "main-pump-wears",
  },
  {
    ...{ type: "concrete-pump-truck", fault: "return-filter-clogs" },
    ...{ lifeHours: 400, rule: "return-filter-fills" },
  },
  {
    ...{ type: "horizontal-directional-drill", fault: "return-filter-clogs" },
    ...{ lifeHours: 700, rule: "return-filter-fills" },
  },
  {
    ...{ type: "cold-milling-machine", fault: "air-filter-clogs" },
    ...{ lifeHours: 400, rule: "air-filter-fills" },
  },
] as const;

test.runIf(isSoak).each(slow)(
  "$fault of a $type is told 30 days before it fails, by its rule alone",
  ({ type, fault, lifeHours, rule }) => {
    for (const seed of [31, 32]) {
      const fromMs = startMs + 40 * msPerDay;
      const lived = live(type, seed, 200, [{ fault, fromMs, lifeHours }]);
      const raised = raisedOf(type, lived, 200);
      const inTime = raised.filter(({ at }) => Date.parse(at) < lived.failedMs);
      expect(new Set(inTime.map(({ ruleId }) => ruleId))).toEqual(new Set([rule]));
      const leadDays = (lived.failedMs - Date.parse(raised[0]?.at ?? "")) / msPerDay;
      expect(leadDays).toBeGreaterThanOrEqual(30);
    }
  },
  600_000,
);

test
  .runIf(isSoak)
  .each([
    "concrete-pump-truck",
    "horizontal-directional-drill",
    "cold-milling-machine",
    "tower-crane",
  ])(
  "nothing is told of a sound %s in months",
  (type) => {
    for (const seed of [41, 42, 43])
      expect(raisedOf(type, live(type, seed, 240, []), 240), `seed ${seed}`).toEqual([]);
  },
  600_000,
);
