import type { Database, Transaction } from "@firebreak/kit/database.ts";
import { planRef } from "@firebreak/plans/load-plans.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { resolveService } from "@firebreak/plans/resolve-service.ts";
import { dayIn, loadRegions } from "../organisation/load-organisation.ts";
import { type Region, regionPathOf, zoneOf } from "../organisation/region.ts";
import { planClass } from "../parts/part-classes.ts";
import { loadParts } from "../parts/stock-levels.ts";
import { loadConditions } from "./conditions.ts";
import { type FleetPart, loadFleetParts } from "./fleet-parts.ts";
import {
  type Assumption,
  forecastPart,
  type PartsDemandForecast,
  type Period,
} from "./forecast.ts";
import type { ForecastConfig } from "./forecast-config.ts";
import { assumptionOf, loadParameters, type Parameter, parameterFor } from "./parameters.ts";
import { neededOf, type PlanLine, type PlanType } from "./parts-plan.ts";
import { loadRegionStock, type RegionStock } from "./region-stock.ts";

type Reader = Pick<Database | Transaction, "tables">;

export interface Drafting {
  readonly planType: Exclude<PlanType, "emergency">;
  /** Empty: every region. */
  readonly regionId: string;
  readonly period: Period;
  readonly plans: ReadonlyMap<string, Plan>;
  readonly config: ForecastConfig;
  readonly newId: () => string;
}

export interface Draft {
  readonly lines: readonly PlanLine[];
  /** Every parameter that a line rests on, each once. */
  readonly assumptions: readonly Assumption[];
  readonly stock: readonly RegionStock[];
}

const MONTH_MS = (365.25 / 12) * 24 * 3600 * 1000;

/**
 * What each part of a class will need in each region, from the fleet as it is at the beginning of the period, the stock
 * as it is now, and the parameters people set.
 */
export async function draftLines(reader: Reader, drafting: Drafting): Promise<Draft> {
  const { plans, period, planType, regionId } = drafting;
  const nowMs = Date.parse(period.from);
  const conditionOf = await loadConditions(reader, nowMs);
  const fleet = await loadFleetParts(reader, plans, { nowMs, conditionOf });
  const parts = await loadParts(reader, [...new Set(fleet.map(({ partNo }) => partNo))]);
  const stock = await loadRegionStock(reader);
  const world = { regions: await loadRegions(reader), parameters: await loadParameters(reader) };
  const assumptions = new Map<string, Assumption>();
  const lines = fleet.flatMap((one): PlanLine[] => {
    const part = parts.get(one.partNo);
    const isMeant = regionId === "" || one.regionId === regionId;
    if (!part || !isMeant || planClass(part) !== planType) return [];
    const { line, restsOn } = lineOf(one, forecastOf(one, drafting, world), { ...world, stock });
    for (const assumption of restsOn) assumptions.set(assumption.name, assumption);
    return [line];
  });
  const byPlace = (a: PlanLine, b: PlanLine) =>
    a.partNo < b.partNo || (a.partNo === b.partNo && a.regionId < b.regionId) ? -1 : 1;
  return { lines: lines.sort(byPlace), assumptions: [...assumptions.values()], stock };
}

function lineOf(
  one: FleetPart,
  forecast: PartsDemandForecast,
  { regions, stock }: Pick<World, "regions"> & Pick<Draft, "stock">,
): { readonly line: PlanLine; readonly restsOn: readonly Assumption[] } {
  const { partNo, regionId } = one;
  const lying = stock.find((each) => each.partNo === partNo && each.regionId === regionId);
  const { onHand, reserved, inTransit } = lying ?? { onHand: 0, reserved: 0, inTransit: 0 };
  const there = { onHand, reserved, inTransit };
  const kept = keptMore(one, regions);
  const line = {
    partNo,
    regionId,
    quantity: neededOf(forecast.upper, there, kept?.stockFactor),
    forecast,
    stock: there,
    ...(kept ? { stockFactor: kept.stockFactor } : {}),
    isAboveUpper: false,
  };
  return { line, restsOn: [...forecast.assumptions, ...(kept ? [kept.assumption] : [])] };
}

/** The greatest factor that a plan of these machines has for the region; undefined: none has one. */
function keptMore({ plans, regionId }: FleetPart, regions: World["regions"]) {
  const regionIds = regionPathOf(regions, regionId).map((region) => region.regionId);
  const [most] = plans
    .flatMap((plan) => {
      const { stockFactor } = resolveService(plan.service, { regionIds });
      return stockFactor === undefined ? [] : [{ plan, ...stockFactor }];
    })
    .toSorted((a, b) => b.value - a.value);
  if (most === undefined) return undefined;
  const assumption: Assumption = {
    name: `stock_factor ${regionId} ${most.plan.plan}`,
    value: most.value,
    source: `${planRef(most.plan)}, region ${most.origin.of}`,
  };
  return { stockFactor: most.value, assumption };
}

interface World {
  readonly regions: ReadonlyMap<string, Region>;
  readonly parameters: readonly Parameter[];
}

function forecastOf(one: FleetPart, { period, config, newId }: Drafting, world: World) {
  const path = regionPathOf(world.regions, one.regionId);
  const month = Number(dayIn(zoneOf(path), Date.parse(period.from)).slice(5, 7));
  const regionPath = path.map(({ regionId }) => regionId);
  const find = (name: Parameter["name"]) =>
    parameterFor(world.parameters, name, { partNo: one.partNo, regionPath, month });
  const used = {
    season: find("seasonal_factor"),
    region: find("region_factor"),
    units: find("planned_units"),
    wearRate: find("new_machine_wear_rate"),
  };
  const months = (Date.parse(period.to) - Date.parse(period.from)) / MONTH_MS;
  const sales = used.units && {
    plannedUnits: used.units.value,
    qtyPerMachine: one.qtyPerMachine,
    newMachineWearRate: used.wearRate?.value ?? nominalRate(one, months),
  };
  return forecastPart(
    {
      forecastId: newId(),
      partNo: one.partNo,
      regionId: one.regionId,
      period,
      months,
      installedBase: one.machines,
      parts: one.parts,
      ...(sales ? { sales } : {}),
      ...(used.season ? { seasonalFactor: used.season.value } : {}),
      ...(used.region ? { regionFactor: used.region.value } : {}),
      assumptions: Object.values(used).flatMap((each) => (each ? [assumptionOf(each)] : [])),
    },
    config,
  );
}

/** Replacements of one part in the period, at the average use of those at work. */
const nominalRate = ({ parts }: FleetPart, months: number): number =>
  parts.reduce((sum, { perMonth, life }) => sum + (months * perMonth) / life, 0) / parts.length;
