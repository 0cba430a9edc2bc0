/** Of a part in a machine: when it will fail, in days from now, as the 10th, 50th and 90th percentile. */
export interface RemainingLife {
  readonly p10Days: number;
  readonly p50Days: number;
  readonly p90Days: number;
}

/** One part in one machine. `life`, `lifeUsed` and `perMonth` share a unit: months, hours, strokes or cycles. */
export interface InstalledPart {
  readonly machineId: string;
  readonly position: string;
  readonly partNo: string;
  readonly quantity: number;
  readonly life: number;
  /** Undefined while nobody knows: the part may then be of any age. */
  readonly lifeUsed?: number | undefined;
  /** Use per month; 1 when the life counts months. */
  readonly perMonth: number;
  /** What condition monitoring says; it then speaks for this part, and the wear life does not. */
  readonly remainingLife?: RemainingLife;
}

/** Replacements in a fleet whose parts are of all ages alike: machines · quantity · months ÷ life. */
export const steadyDemand = (fleet: {
  readonly machines: number;
  readonly qtyPerMachine: number;
  readonly months: number;
  readonly lifeMonths: number;
}): number => (fleet.machines * fleet.qtyPerMachine * fleet.months) / fleet.lifeMonths;

/**
 * Replacements of one installed part within `months` from now at its own use; one due exactly at the end counts. A
 * part past its life is replaced at once.
 */
export function replacements(
  { quantity, life, lifeUsed, perMonth }: InstalledPart,
  months: number,
): number {
  const used = months * Math.max(0, perMonth);
  if (lifeUsed === undefined) return (quantity * used) / life;
  if (lifeUsed >= life) return quantity * (1 + wholeLives(used, life));
  return quantity * wholeLives(lifeUsed + used, life);
}

/** Not shaken by the last bit of a sum such as 0.1 + 0.2. */
const wholeLives = (used: number, life: number): number => Math.floor(used / life + 1e-9);

/**
 * Probability that a part fails within `days` from now: straight lines through (0, 0), the three percentiles, and an
 * exponential tail beyond the last, with the density of the line before it.
 */
export function failureProbability(
  { p10Days, p50Days, p90Days }: RemainingLife,
  days: number,
): number {
  if (days <= 0) return 0;
  const points = [
    [0, 0],
    [p10Days, 0.1],
    [p50Days, 0.5],
    [p90Days, 0.9],
  ] as const;
  for (const [at, [toDays, toShare]] of points.entries()) {
    const [fromDays, fromShare] = points[at - 1] ?? [0, 0];
    if (days < toDays)
      return fromShare + ((days - fromDays) / (toDays - fromDays)) * (toShare - fromShare);
  }
  const slopePerDay = 0.4 / Math.max(p90Days - p50Days, 1e-9);
  return 1 - 0.1 * Math.exp((-slopePerDay * (days - p90Days)) / 0.1);
}

const DAYS_PER_MONTH = 365.25 / 12;

/** Demand of installed parts within `months` from now; every part is counted in exactly one of the two. */
export function demandOfParts(
  parts: readonly InstalledPart[],
  months: number,
): { readonly baseDemand: number; readonly conditionDemand: number } {
  let baseDemand = 0;
  let conditionDemand = 0;
  for (const part of parts)
    if (part.remainingLife)
      conditionDemand +=
        part.quantity * failureProbability(part.remainingLife, months * DAYS_PER_MONTH);
    else baseDemand += replacements(part, months);
  return { baseDemand, conditionDemand };
}

/** What machines still to be sold will need: units · quantity · wear rate of a new machine · exposure. */
export const salesAdjustment = (sales: {
  readonly plannedUnits: number;
  readonly qtyPerMachine: number;
  /** Replacements of one part in the whole period on a machine that works all of it. */
  readonly newMachineWearRate: number;
  readonly exposure: number;
}): number => sales.plannedUnits * sales.qtyPerMachine * sales.newMachineWearRate * sales.exposure;

/**
 * Yearly consumption of parts by value, greatest first, with each one's share of all (O-10). `valueFen`: integer fen.
 */
export function rankByConsumption<Part extends { readonly valueFen: number }>(
  parts: readonly Part[],
): (Part & { readonly share: number })[] {
  const total = parts.reduce((sum, { valueFen }) => sum + valueFen, 0);
  return parts
    .map((part) => ({ ...part, share: total === 0 ? 0 : part.valueFen / total }))
    .sort((a, b) => b.valueFen - a.valueFen);
}
