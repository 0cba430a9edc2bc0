import { placeOf } from "../organisation/engineer.ts";
import { distanceKm } from "../parts/location.ts";
import type { DispatchConfig } from "./dispatch-config.ts";
import type { Candidate, GeoPlace } from "./dispatch-job.ts";

/** By road, estimated from the distance as the crow flies. */
export const roadKm = (from: GeoPlace, to: GeoPlace, { roadFactor }: DispatchConfig): number =>
  distanceKm(from, to) * roadFactor;

export interface Travel {
  /** Until he is there, with what he has to finish first; minutes. */
  readonly etaMinutes: number;
  /** Road kilometres; absent when a place is not known and the time is an assumption. */
  readonly km?: number;
}

/** EN-5: from his last position while it is fresh, else from his station. */
export function travelOf(
  { engineer, busyMinutes = 0 }: Candidate,
  place: GeoPlace | undefined,
  { nowMs, config }: { readonly nowMs: number; readonly config: DispatchConfig },
): Travel {
  const from = placeOf(engineer, nowMs);
  if (from === undefined || place === undefined)
    return { etaMinutes: busyMinutes + config.unknownEtaMinutes };
  const km = roadKm(from, place, config);
  return { etaMinutes: busyMinutes + (km / config.kmPerHour) * 60, km };
}
