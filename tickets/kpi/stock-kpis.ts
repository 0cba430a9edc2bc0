import type { Database, Transaction } from "@firebreak/kit/database.ts";
import { loadForecasts } from "../forecast/plan-store.ts";
import { loadConsumption } from "../forecast/region-stock.ts";
import { stockFigures } from "../parts/stock-figures.ts";
import { dayOf, mondayOf } from "./calendar-day.ts";
import type { KpiConfig } from "./kpi-config.ts";
import { partsLossRate, share, stockTurnover } from "./kpi-formulas.ts";
import { type CurvePoint, consumptionCurve } from "./rankings.ts";

type Reader = Pick<Database | Transaction, "tables">;

/** Money in fen, at the prices of the parts master. */
export interface StockKpis {
  readonly consumptionValueFen: number;
  readonly averageStockValueFen: number;
  readonly turnover: number | null;
  readonly inBand: number | null;
  readonly lossRate: number | null;
}

export interface Span {
  readonly from: string;
  readonly to: string;
}

/** Of the places of one region, or of all. What is obsolete is written off by an adjustment, and counted with it. */
export async function stockKpis(
  reader: Reader,
  { from, to }: Span,
  regionId?: string,
): Promise<StockKpis> {
  const query = { from, until: to, ...(regionId === undefined ? {} : { regionId }) };
  const figures = await stockFigures(reader, query);
  const { consumptionValueFen, averageStockValueFen } = figures;
  const lost = {
    adjustedOutFen: figures.adjustedOutValueFen,
    lostFen: figures.lostValueFen,
    obsoleteFen: 0,
  };
  return {
    consumptionValueFen,
    averageStockValueFen,
    turnover: stockTurnover(consumptionValueFen, averageStockValueFen),
    inBand: share(figures.itemsInBand, figures.items),
    lossRate: partsLossRate(lost, averageStockValueFen),
  };
}

/** A part's consumption per week beside its released forecasts; of one region, or of all. */
export async function partCurve(
  reader: Reader,
  { partNo, regionId, from, to }: Span & { readonly partNo: string; readonly regionId?: string },
  { zone }: KpiConfig,
): Promise<CurvePoint[]> {
  const isMeant = (one: { readonly regionId: string }) =>
    regionId === undefined || one.regionId === regionId;
  const weekOf = (at: string) => mondayOf(dayOf(Date.parse(at), zone));
  const weeks = new Map<string, number>();
  for (const used of (await loadConsumption(reader, { partNo, from, to })).filter(isMeant))
    weeks.set(weekOf(used.at), (weeks.get(weekOf(used.at)) ?? 0) + used.quantity);
  const forecasts = (await loadForecasts(reader, { partNo, from, to })).filter(isMeant);
  const lastMs = Math.max(Date.parse(from), Date.parse(to) - 1);
  const span = { fromWeek: weekOf(from), toWeek: weekOf(new Date(lastMs).toISOString()) };
  return consumptionCurve(weeks, forecasts, span);
}
