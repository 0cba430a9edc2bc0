import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import { hoursPerDay, type MachineHours } from "@firebreak/rules/history/hours.ts";
import { judgeHistory, type MachineHistory } from "@firebreak/rules/history/judge-history.ts";
import { beforeHour } from "../../learned/before-hour.ts";
import type { LearnedModels } from "../../learned/learned-models.ts";

/** As where the part is in stock. Engineering default, as for backtests. */
const horizonDays = 30;

/** Lets the rules over completed hours judge hours day by day, as a hub would have: every step that it would have told. */
export async function judgeHours(
  plan: Plan,
  hours: MachineHours,
  learned: LearnedModels,
): Promise<Finding[]> {
  const all = [...hours.values()].flatMap(({ hour }) => Array.from(hour));
  const dayOf = (hour: number) => Math.floor(hour / hoursPerDay);
  const [first, last] = [Math.min(...all), Math.max(...all)].map(dayOf);
  const told = new Map<string, Finding>();
  const findings: Finding[] = [];
  if (first === undefined || last === undefined || all.length === 0) return [];
  for (let lastDay = first; lastDay <= last; lastDay++) {
    const machine: MachineHistory = {
      ...{ machineId: "TEST-1", plan, lastDay, told: [...told.values()] },
      hours: beforeHour(hours, (lastDay + 1) * hoursPerDay),
      settingOf: () => ({ horizonDays, fromHour: Number.NEGATIVE_INFINITY }),
    };
    const learnedOf = await learned.forMachine(machine);
    for (const finding of whole(judgeHistory({ ...machine, learnedOf })).findings) {
      told.set(finding.findingId, finding);
      findings.push(finding);
    }
  }
  return findings;
}

function whole<Result>(work: Generator<undefined, Result>): Result {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
