import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { ServiceWork } from "../service-work.ts";
import { evaluated, nextRegionFactor } from "./forecast.ts";
import type { ForecastConfig } from "./forecast-config.ts";
import { saveParameter } from "./parameters.ts";
import { moved, type PartsPlan, type PlanLine } from "./parts-plan.ts";
import { loadConsumption } from "./region-stock.ts";

/**
 * What was used in a released plan's period beside what it expected. The error of each line moves the region factor of
 * its part for the next period, which is logged (PD-3).
 * @throws CodedError PLAN_TRANSITION, or PLAN_TOO_EARLY before the period is over
 */
export async function evaluatePlan(
  work: ServiceWork,
  plan: PartsPlan,
  config: ForecastConfig,
): Promise<PartsPlan> {
  const { planId, period } = plan;
  if (plan.state !== "released")
    throw new CodedError("PLAN_TRANSITION", `evaluate is not possible: ${planId} is ${plan.state}`);
  if (work.at < period.to)
    throw new CodedError("PLAN_TOO_EARLY", `${planId} runs until ${period.to}`);
  const used = await loadConsumption(work.tx, period);
  const lines = plan.lines.map((line) => {
    const actual = used
      .filter(({ partNo, regionId }) => partNo === line.partNo && regionId === line.regionId)
      .reduce((sum, { quantity }) => sum + quantity, 0);
    return withActual(line, actual);
  });
  for (const line of lines) await learn(work, line, planId, config);
  const by = { actorId: work.actor.id, at: work.at };
  const after = moved(plan, "evaluated", by);
  return { ...after, lines };
}

function withActual(line: PlanLine, actual: number): PlanLine {
  if (!line.forecast) return { ...line, actual, error: actual - line.quantity };
  const forecast = evaluated(line.forecast, actual);
  return { ...line, forecast, actual, error: actual - forecast.expected };
}

async function learn(
  work: ServiceWork,
  { forecast, actual = 0, partNo, regionId }: PlanLine,
  planId: string,
  config: ForecastConfig,
): Promise<void> {
  if (!forecast) return;
  const value = nextRegionFactor(forecast, actual, config);
  if (value === forecast.regionFactor) return;
  const source = `error of plan ${planId}: expected ${forecast.expected.toFixed(2)}, used ${actual}`;
  await saveParameter(
    work,
    { name: "region_factor", regionId, partNo, months: [], value, source },
    `evaluation of ${planId}`,
  );
}
