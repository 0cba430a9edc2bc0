import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { endOfLife } from "../forecast/wear-life.ts";
import type { InstalledPart } from "../organisation/machine-file.ts";
import type { Usage } from "./planned-machine.ts";
import { type PlannerConfig, plannerConfig } from "./planner-config.ts";
import type { LifeEvaluation } from "./predicted-source.ts";

type PlanPart = NonNullable<Plan["service"]["parts"]>[number];

const MS_PER_DAY = 86_400_000;

/**
 * How long a part will last by its wear life and its use so far. Undefined when nobody knows its life, how much of it is
 * used, or how fast: then there is nothing to predict from.
 */
export function evaluateWear(
  { wearLife }: PlanPart,
  installed: InstalledPart,
  {
    usage,
    nowMs,
    config = plannerConfig,
  }: {
    readonly usage?: Usage | undefined;
    readonly nowMs: number;
    readonly config?: PlannerConfig;
  },
): LifeEvaluation | undefined {
  if (wearLife === undefined) return undefined;
  const left =
    wearLife.basis === "months"
      ? monthsLeft(wearLife.value, installed, nowMs)
      : countedLeft(wearLife, installed, { usage, nowMs });
  if (left === undefined) return undefined;
  const { spreadShare, confidence } = config.wear;
  const p50Days = Math.max(0, left);
  const basis = wearLife.basis === "months" ? confidence.calendar : confidence.counted;
  return {
    evaluatedAt: new Date(nowMs).toISOString(),
    method: "usage_counter",
    p10Days: p50Days * (1 - spreadShare),
    p50Days,
    p90Days: p50Days * (1 + spreadShare),
    confidence: installed.source === "measured" ? confidence.measured : basis,
  };
}

/** Days to the end of a life counted in months. A measured rest that is shorter counts. */
function monthsLeft(lifeMonths: number, installed: InstalledPart, nowMs: number): number {
  const whole = Math.floor(lifeMonths);
  const endMs =
    Date.parse(endOfLife(installed.installedAt, whole)) + (lifeMonths - whole) * 30 * MS_PER_DAY;
  const byCalendar = (endMs - nowMs) / MS_PER_DAY;
  const lifeDays = (endMs - Date.parse(installed.installedAt)) / MS_PER_DAY;
  const byMeasure = restOf(installed) * lifeDays;
  return Math.min(byCalendar, byMeasure);
}

/** Days to the end of a life counted in hours, strokes or cycles, at the use since it was put in. */
function countedLeft(
  { basis, value }: NonNullable<PlanPart["wearLife"]>,
  installed: InstalledPart,
  { usage, nowMs }: { readonly usage?: Usage | undefined; readonly nowMs: number },
): number | undefined {
  const counted =
    basis === "hours" && usage !== undefined
      ? usage.operatingHours - installed.installedAtHours
      : installed.usedLife;
  if (counted === undefined) return undefined;
  const used = Math.max(counted, (1 - restOf(installed)) * value, 0);
  const days = (nowMs - Date.parse(installed.installedAt)) / MS_PER_DAY;
  const average = days > 0 ? counted / days : undefined;
  const perDay = basis === "hours" ? (usage?.hoursPerDay ?? average) : average;
  if (perDay === undefined || perDay <= 0) return undefined;
  return (value - used) / perDay;
}

/** Share of the life that is left by measurement; 1 when nobody measured. */
const restOf = ({ source, remainingLifePct }: InstalledPart): number =>
  source === "default" || remainingLifePct === undefined ? 1 : remainingLifePct / 100;
