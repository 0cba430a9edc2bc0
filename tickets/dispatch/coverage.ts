import {
  certifiedFor,
  type Engineer,
  type EngineerLevel,
  isAtLeast,
} from "../organisation/engineer.ts";
import { dayIn } from "../organisation/load-organisation.ts";
import { slaConfig } from "../sla/sla-config.ts";
import { type DispatchConfig, dispatchConfig } from "./dispatch-config.ts";
import type { GeoPlace } from "./dispatch-job.ts";
import { roadKm } from "./travel.ts";

export interface CoveredMachine {
  readonly productType: string;
  readonly minLevel: EngineerLevel;
  readonly place: GeoPlace;
  /** Of the arrival clock the machine is promised. */
  readonly arrivalMinutes: number;
}

/**
 * O-24: share of the machines that a qualified engineer can reach from his station within the arrival clock, 0 to 1;
 * null when there is no machine. Who is on duty or busy today plays no part: this speaks of the network.
 */
export function coverageOf(
  machines: readonly CoveredMachine[],
  engineers: readonly Engineer[],
  { nowMs, config = dispatchConfig }: { readonly nowMs: number; readonly config?: DispatchConfig },
): number | null {
  if (machines.length === 0) return null;
  const day = dayIn(slaConfig.defaultZone, nowMs);
  const qualified = engineers.flatMap((engineer) => {
    const { stationLocation: place, level } = engineer;
    return place ? [{ place, level, productTypes: new Set(certifiedFor(engineer, day)) }] : [];
  });
  const covered = machines.filter((machine) =>
    qualified.some(
      ({ place, level, productTypes }) =>
        productTypes.has(machine.productType) &&
        isAtLeast(level, machine.minLevel) &&
        (roadKm(place, machine.place, config) / config.kmPerHour) * 60 <= machine.arrivalMinutes,
    ),
  );
  return covered.length / machines.length;
}
