import type { FigureCondition } from "@firebreak/simulator/scenarios/organisation-schema.ts";
import type { OrganisationFigures } from "./service-figures.ts";

/** Whether a figure of an organisation is within its bounds; nothing to make it of is not. */
export function judgeFigure(
  condition: FigureCondition,
  organisations: readonly OrganisationFigures[],
): { readonly against: readonly string[]; readonly was: string } {
  const { of, figure, stat = "mean", per, atLeast, atMost } = condition;
  const readOf = (name: string) =>
    organisations.find((one) => one.name === name)?.figures[figure][stat] ?? null;
  const told = stat === "mean" ? figure : `${figure} (${stat})`;
  const what = per === undefined ? `${of} ${told}` : `${of} ${told} per ${per}`;
  const own = readOf(of);
  const other = per === undefined ? 1 : readOf(per);
  if (own === null || other === null || other === 0)
    return { against: [`${what}: there is nothing to make it of`], was: "" };
  const value = own / other;
  const was = `${what} ${value.toFixed(2)}`;
  const isLow = atLeast !== undefined && value < atLeast;
  const isHigh = atMost !== undefined && value > atMost;
  return {
    against: [
      ...(isLow ? [`${was}, at least ${atLeast} is wanted`] : []),
      ...(isHigh ? [`${was}, at most ${atMost} is wanted`] : []),
    ],
    was,
  };
}
