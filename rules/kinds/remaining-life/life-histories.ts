import type { LifeRows } from "@firebreak/plans/learned/parse-histories.ts";
import type { RemainingLifeRule } from "@firebreak/plans/learned-rule-schema.ts";
import { hoursPerDay, median } from "../../history/hours.ts";
import type { History } from "../../prognosis/remaining-life/history.ts";

/** Fewer hours do not speak for a day, as on the machine itself. Engineering default. */
const fewestHours = 2;

/**
 * Lives as they are learned from: a row a day of work, counted from 1. Days without work count for nothing, so that a
 * machine which rests more than others wears no less a day; a machine's own days of the calendar are reckoned back later.
 */
export const lifeHistories = (
  lives: readonly LifeRows[],
  every: RemainingLifeRule["every"],
): History[] =>
  lives.map(({ unit, cycles, values }) => {
    const days = every === "day" ? values : inDays(cycles, values);
    const count = days[0]?.length ?? 0;
    return {
      unit,
      cycles: Float64Array.from({ length: count }, (_, row) => row + 1),
      signals: days.map((column) => Float64Array.from(column)),
    };
  });

/** The median of the hours of each day. */
function inDays(cycles: readonly number[], values: readonly (readonly number[])[]): number[][] {
  const rows = Map.groupBy(cycles.keys(), (row) => Math.floor((cycles[row] ?? 0) / hoursPerDay));
  const whole = [...rows.values()].filter(({ length }) => length >= fewestHours);
  return values.map((column) =>
    whole.map((ofDay) => median(ofDay.map((row) => column[row] ?? Number.NaN))),
  );
}
