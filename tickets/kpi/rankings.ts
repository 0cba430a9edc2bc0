/** The most frequent first; equal ones by name. */
export function topOf(
  counts: readonly { readonly name: string; readonly count: number }[],
  most: number,
): { readonly name: string; readonly count: number }[] {
  return counts
    .filter(({ name, count }) => name !== "" && count > 0)
    .toSorted((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
    .slice(0, most);
}

/** Faults of each region by class, for the heat map. */
export interface HeatCell {
  readonly regionId: string;
  readonly faultClass: string;
  readonly count: number;
}

export function heatMapOf(cases: readonly HeatCell[]): HeatCell[] {
  const cells = Map.groupBy(cases, ({ regionId, faultClass }) => `${regionId}\n${faultClass}`);
  return [...cells.values()].flatMap((alike) => {
    const [first] = alike;
    const count = alike.reduce((sum, each) => sum + each.count, 0);
    return first ? [{ regionId: first.regionId, faultClass: first.faultClass, count }] : [];
  });
}

/** One week of a part's consumption beside what was forecast for it; `week`: its Monday. */
export interface CurvePoint {
  readonly week: string;
  readonly quantity: number;
  readonly forecast: number | null;
}

const WEEK_MS = 7 * 24 * 3600 * 1000;

/**
 * A part's consumption week by week, weeks without any included. A forecast is spread evenly over its period: a week
 * has as much of it as it has of the period. `weeks`: consumption by Monday; forecasts in epoch milliseconds.
 */
export function consumptionCurve(
  weeks: ReadonlyMap<string, number>,
  forecasts: readonly {
    readonly fromMs: number;
    readonly toMs: number;
    readonly expected: number;
  }[],
  span: { readonly fromWeek: string; readonly toWeek: string },
): CurvePoint[] {
  const points: CurvePoint[] = [];
  const lastMs = Date.parse(span.toWeek);
  for (let mondayMs = Date.parse(span.fromWeek); mondayMs <= lastMs; mondayMs += WEEK_MS) {
    const week = new Date(mondayMs).toISOString().slice(0, 10);
    const shares = forecasts.flatMap(({ fromMs, toMs, expected }) => {
      const commonMs = Math.min(toMs, mondayMs + WEEK_MS) - Math.max(fromMs, mondayMs);
      return commonMs > 0 ? [(expected * commonMs) / (toMs - fromMs)] : [];
    });
    points.push({
      week,
      quantity: weeks.get(week) ?? 0,
      forecast: shares.length === 0 ? null : shares.reduce((sum, each) => sum + each, 0),
    });
  }
  return points;
}
