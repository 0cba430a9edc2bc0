import type { AbcClass, Part } from "./part.ts";
import { type PartsConfig, type PlanningPolicy, partsConfig } from "./parts-config.ts";

export type StockingEchelon = "regional_centre" | "station" | "hq";

/** Who plans a part: by lead time, value and origin, never by where it is kept (C-04, C-05). Pure. */
export function planningPolicy(
  part: Pick<Part, "leadTimeDays" | "unitPriceFen" | "imported">,
  { planning }: PartsConfig = partsConfig,
): PlanningPolicy {
  const { quadrants, longLeadDays, highValueFen } = planning;
  if (part.imported) return quadrants.imported;
  const isHigh = part.unitPriceFen >= highValueFen;
  if (part.leadTimeDays > longLeadDays) return isHigh ? quadrants.longHigh : quadrants.longLow;
  return isHigh ? quadrants.shortHigh : quadrants.shortLow;
}

const echelons = { A: "regional_centre", B: "station", C: "hq" } as const;

/** Where a part is kept: by its ABC class, never by who plans it (C-04). Pure. */
export const stockingEchelon = ({ abcClass = "B" }: Pick<Part, "abcClass">): StockingEchelon =>
  echelons[abcClass];

/** Core parts are those that headquarters plans. Pure. */
export const planClass = (
  part: Parameters<typeof planningPolicy>[0],
  config: PartsConfig = partsConfig,
): "core" | "non_core" => (planningPolicy(part, config).startsWith("hq") ? "core" : "non_core");

export interface AnnualDemand {
  readonly partNo: string;
  /** Pieces. */
  readonly annualDemand: number;
  readonly unitPriceFen: number;
}

/**
 * ABC classes by annual consumption value and turnover. The parts of the highest value that together make up at most
 * `aShare` of it are A candidates (the first one always is), then B up to `bShare`, then C; a candidate that is seldom
 * wanted is C, however dear. Pure.
 */
export function classifyAbc(
  demands: readonly AnnualDemand[],
  { abc }: PartsConfig = partsConfig,
): Map<string, AbcClass> {
  const valued = demands
    .map((demand) => ({ ...demand, valueFen: demand.annualDemand * demand.unitPriceFen }))
    .sort((a, b) => b.valueFen - a.valueFen || (a.partNo < b.partNo ? -1 : 1));
  const totalFen = valued.reduce((sum, { valueFen }) => sum + valueFen, 0);
  const classes = new Map<string, AbcClass>();
  let cumulativeFen = 0;
  for (const [index, { partNo, annualDemand, valueFen }] of valued.entries()) {
    cumulativeFen += valueFen;
    const isCandidate = valueFen > 0 && (index === 0 || cumulativeFen <= abc.aShare * totalFen);
    const isSecond = valueFen > 0 && cumulativeFen <= abc.bShare * totalFen;
    if (isCandidate) classes.set(partNo, annualDemand < abc.lowAnnualDemand ? "C" : "A");
    else classes.set(partNo, isSecond ? "B" : "C");
  }
  return classes;
}
