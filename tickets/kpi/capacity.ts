import type { KpiConfig } from "./kpi-config.ts";
import { share } from "./kpi-formulas.ts";

export const capacityZones = ["excess", "balanced", "above_optimal", "overload"] as const;
export type CapacityZone = (typeof capacityZones)[number];

/** Hours of work against what people can do well, and what they can do at all. Descriptive only. */
export function capacityZone(
  loadHours: number,
  { optimalHours, maxHours }: { readonly optimalHours: number; readonly maxHours: number },
  { excessBelow }: Pick<KpiConfig, "excessBelow">,
): CapacityZone {
  if (loadHours > maxHours) return "overload";
  if (loadHours > optimalHours) return "above_optimal";
  return loadHours < excessBelow * optimalHours ? "excess" : "balanced";
}

/** Installed base ÷ engineers; null without an engineer. */
export const machinesPerEngineer = (machines: number, engineers: number): number | null =>
  share(machines, engineers);
