import type { Clock } from "@firebreak/kit/clock.ts";
import type { Database } from "@firebreak/kit/database.ts";
import { loadRegions } from "../organisation/load-organisation.ts";
import { type Region, regionsBelow } from "../organisation/region.ts";
import { type KpiOfGroup, kpisByGroup, regionGroupsOf } from "./kpi-answer.ts";
import { type KpiConfig, kpiDefaults } from "./kpi-config.ts";
import type { Kpis } from "./kpi-formulas.ts";
import { countFaults, type KpiGroup, type KpiSelection, type KpiSpan } from "./kpi-query.ts";
import {
  type EngineerScore,
  engineerScore,
  type Staffing,
  type StationScore,
  staffing,
  stationScores,
} from "./people-figures.ts";
import { type CurvePoint, type HeatCell, heatMapOf, topOf } from "./rankings.ts";
import { partCurve, type Span, type StockKpis, stockKpis } from "./stock-kpis.ts";

/** Which tickets, and how they are grouped. */
export interface KpiQuery extends Omit<KpiSelection, "regionIds"> {
  /** This region and all below it. */
  readonly regionId?: string | undefined;
  readonly groupBy: KpiGroup;
  /** By time beside that: one reading serves both. */
  readonly trendBy?: KpiSpan | undefined;
}

export interface KpiAnswer {
  readonly total: Kpis;
  /** In the order of their keys; empty when nothing is grouped. Regions are the children of the one asked for. */
  readonly groups: readonly KpiOfGroup[];
  /** In the order of time; empty when it is not asked for. */
  readonly trend: readonly KpiOfGroup[];
}

export interface FaultAnswer {
  /** The most frequent faults, most first. */
  readonly top: readonly { readonly name: string; readonly count: number }[];
  readonly heatMap: readonly HeatCell[];
}

/** Figures of service, read from the facts that each ticket leaves behind. */
export interface KpiService {
  kpis(query: KpiQuery): Promise<KpiAnswer>;
  faults(query: Omit<KpiQuery, "groupBy" | "trendBy">, most: number): Promise<FaultAnswer>;
  stock(span: Span, regionId?: string): Promise<StockKpis>;
  /** Consumption per week beside the forecast. */
  curve(
    query: Span & { readonly partNo: string; readonly regionId?: string },
  ): Promise<CurvePoint[]>;
  /** `month`: YYYY-MM. Throws `ENGINEER_UNKNOWN` (404). */
  engineerScore(engineerId: string, month: string): Promise<EngineerScore>;
  stationScores(month: string): Promise<StationScore[]>;
  staffing(): Promise<Staffing[]>;
}

export function createKpiService(options: {
  readonly db: Database;
  readonly clock: Clock;
  readonly config?: KpiConfig;
}): KpiService {
  const { db, clock, config = kpiDefaults } = options;
  return {
    async kpis({ groupBy, trendBy, regionId, ...rest }) {
      const now = new Date(clock.nowMs()).toISOString();
      const regions = await loadRegions(db);
      const selection = selectionOf(rest, regions, regionId);
      const grouping = { groupBy, trendBy, regionGroups: regionGroupsOf(regions, regionId) };
      const { total, groups, trend } = await kpisByGroup(db, selection, grouping, now);
      return {
        total,
        groups: groupBy === "none" ? [] : groups,
        trend: trendBy === undefined ? [] : trend,
      };
    },
    async faults({ regionId, ...rest }, most) {
      const selection = selectionOf(rest, await loadRegions(db), regionId);
      const cases = await countFaults(db, selection);
      const byFault = Map.groupBy(cases, ({ faultCode }) => faultCode);
      const counts = [...byFault].map(([name, alike]) => ({
        name,
        count: alike.reduce((sum, { count }) => sum + count, 0),
      }));
      return { top: topOf(counts, most), heatMap: heatMapOf(cases) };
    },
    stock: (span, regionId) => stockKpis(db, span, regionId),
    curve: (query) => partCurve(db, query, config),
    engineerScore: (engineerId, month) => engineerScore(db, engineerId, month, config),
    stationScores: (month) => stationScores(db, month, config),
    staffing: () => staffing(db, clock.nowMs(), config),
  };
}

const selectionOf = (
  rest: Omit<KpiSelection, "regionIds">,
  regions: ReadonlyMap<string, Region>,
  regionId: string | undefined,
): KpiSelection => ({
  ...rest,
  ...(regionId === undefined ? {} : { regionIds: regionsBelow(regions, regionId) }),
});
