import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { LifeForecast, PartForecast } from "../finding.ts";
import { endOfDay, hoursPerDay, type MachineHours, median, type SignalHours } from "./hours.ts";
import { consecutive } from "./judge-rule.ts";

type PlanPart = NonNullable<Plan["service"]["parts"]>[number];

/** A part whose life a counter of the machine counts. */
export interface CountedPart {
  readonly position: string;
  readonly life: number;
  readonly signal: string;
}

/** Parts of a plan that are worn by strokes, cycles or hours that the machine itself counts. */
export const countedParts = ({ service }: Plan): readonly CountedPart[] =>
  (service.parts ?? []).flatMap(({ position, wearLife }: PlanPart) =>
    wearLife?.signal === undefined
      ? []
      : [{ position, life: wearLife.value, signal: wearLife.signal }],
  );

/** An increase beyond so many times the usual of an hour at work is another meter, not use. Engineering default. */
const foreignFactor = 10;
/** Use is averaged over so many days of the calendar, and nothing is said of fewer than a quarter. Engineering default. */
const averageDays = 56;
/** As the planner says of a life that is counted by hand. Engineering defaults. */
const spreadShare = 0.2;
const confidence = { counted: 0.8, partlyAssumed: 0.75 };

/**
 * What a part is used since it was put in, and when its life ends, as of the last three days, oldest first. Undefined when
 * nobody knows when it was put in, or most of its use was not seen. A meter that was replaced or set back neither adds to
 * the use nor takes from it; what a counter went on by while nothing was heard counts.
 */
export function countedForecast(
  hours: MachineHours,
  part: CountedPart,
  { fromHour, lastDay }: { readonly fromHour: number; readonly lastDay: number },
): PartForecast | undefined {
  const own = hours.get(part.signal);
  if (own === undefined || !Number.isFinite(fromHour)) return undefined;
  const uses = usesOf(own, fromHour);
  const days = Array.from({ length: consecutive }, (_, ago) => lastDay - consecutive + 1 + ago)
    .map((day) => ({ day, forecast: forecastOf(uses, part.life, { fromHour, day }) }))
    .flatMap(({ day, forecast }) => (forecast ? [{ at: endOfDay(day), forecast }] : []));
  if (days.length === 0) return undefined;
  return { ruleId: `wear:${part.position}`, part: part.position, method: "usage_counter", days };
}

/** Use that ended with an hour. */
interface Use {
  readonly hour: number;
  readonly amount: number;
}

function usesOf({ hour, min, max }: SignalHours, fromHour: number): Use[] {
  const rows = Array.from(hour, (at, row) => ({
    hour: at,
    least: min[row] ?? 0,
    most: max[row] ?? 0,
  })).filter((row) => row.hour >= fromHour);
  const usual = median(rows.map(({ least, most }) => most - least).filter((use) => use > 0)) || 0;
  return rows.map(({ hour: at, least, most }, row): Use => {
    const before = rows[row - 1];
    const within = most - least > foreignFactor * usual ? usual : most - least;
    if (before === undefined) return { hour: at, amount: within };
    const between = least - before.most;
    const isOwn = between >= 0 && between <= foreignFactor * usual * (at - before.hour);
    return { hour: at, amount: within + (isOwn ? between : 0) };
  });
}

function forecastOf(
  uses: readonly Use[],
  life: number,
  { fromHour, day }: { readonly fromHour: number; readonly day: number },
): LifeForecast | undefined {
  const end = (day + 1) * hoursPerDay;
  const until = uses.filter(({ hour }) => hour < end);
  const first = until[0]?.hour;
  if (first === undefined) return undefined;
  const seenDays = (end - first) / hoursPerDay;
  const averaged = Math.min(averageDays, seenDays);
  const unseenDays = (first - fromHour) / hoursPerDay;
  if (averaged < averageDays / 4 || unseenDays > seenDays) return undefined;
  const recent = until.filter(({ hour }) => hour >= end - averaged * hoursPerDay);
  const perDay = sumOf(recent) / averaged;
  if (perDay <= 0) return undefined;
  const isAssumed = unseenDays >= 1;
  const used = sumOf(until) + (isAssumed ? unseenDays * perDay : 0);
  const p50Days = Math.max(0, life - used) / perDay;
  return {
    p10Days: p50Days * (1 - spreadShare),
    p50Days,
    p90Days: p50Days * (1 + spreadShare),
    confidence: isAssumed ? confidence.partlyAssumed : confidence.counted,
  };
}

const sumOf = (uses: readonly Use[]): number => uses.reduce((sum, { amount }) => sum + amount, 0);
