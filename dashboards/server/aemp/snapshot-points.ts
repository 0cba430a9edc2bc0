import {
  type ElementName,
  elementNames,
  type NumberField,
  shapeOf,
} from "@firebreak/ingest/aemp/elements.ts";
import type { Point, PointValue } from "@firebreak/ingest/aemp/fleet-document.ts";
import type { LatestSignal } from "@firebreak/ingest/store/store.ts";
import type { Iso15143Quantity } from "@firebreak/plans/iso15143-schema.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { type Measured, newest } from "./signals-of-plan.ts";

/** An engine that turns faster runs. @see ISO 15143-3, EngineStatus; SPN 190 */
export const runningAboveRpm = 300;

/** Elements that hold one value of one quantity. */
export const singles = {
  CumulativeOperatingHours: "operatingHours",
  CumulativeIdleHours: "idleHours",
  CumulativeIdleNonOperatingHours: "idleNonOperatingHours",
  CumulativePowerTakeOffHours: "powerTakeOffHours",
  CumulativeActiveRegenerationHours: "activeRegenerationHours",
  FuelUsed: "fuelUsed",
  FuelRemaining: "fuelRemaining",
  DEFRemaining: "defRemaining",
  Distance: "distance",
  CumulativeLoadCount: "loadCount",
  CumulativePayloadTotals: "payloadTotal",
  AmbientTemperature: "ambientTemperature",
} as const satisfies Partial<Record<ElementName, Iso15143Quantity>>;
type SingleElement = keyof typeof singles;
export const isSingle = (element: ElementName): element is SingleElement => element in singles;

/** What time series alone hold: documents of snapshots of other makers have none of these. */
const notInSnapshots: readonly ElementName[] = ["AmbientTemperature", "SwitchStatus", "FaultCode"];

/** The elements of a snapshot that newest values give. What a machine lacks, or what cannot be, has no element. */
export function snapshotPoints(
  plan: Plan | undefined,
  latest: readonly LatestSignal[],
): readonly Point[] {
  return elementNames.flatMap((element) => {
    if (notInSnapshots.includes(element)) return [];
    if (element === "Location") return locationOf(plan, latest);
    if (element === "EngineStatus") return engineStatus(newest(plan, "engineSpeed", latest));
    if (!isSingle(element)) return [];
    const measured = newest(plan, singles[element], latest);
    return measured === undefined ? [] : singlePoint(element, measured, plan);
  });
}

/** An element of one value, with the size of the tank where it has one and the plan knows it. */
export function singlePoint(
  element: ElementName,
  { value, timeMs }: Measured,
  plan: Plan | undefined,
): Point[] {
  const [field] = shapeOf(element).fields;
  if (field?.kind !== "number" || !isInRange(field, value)) return [];
  return [{ element, timeMs, values: { [field.name]: value, ...tankOf(element, plan) } }];
}

const isInRange = ({ range: [min, max] }: NumberField, value: number): boolean =>
  value >= min && value <= max;

function tankOf(element: ElementName, plan: Plan | undefined): Record<string, PointValue> {
  const { fuelTankLitres, defTankLitres } = plan?.iso15143 ?? {};
  if (element === "FuelRemaining" && fuelTankLitres !== undefined)
    return { FuelTankCapacity: fuelTankLitres };
  if (element === "DEFRemaining" && defTankLitres !== undefined)
    return { DEFTankCapacity: defTankLitres };
  return {};
}

function locationOf(plan: Plan | undefined, latest: readonly LatestSignal[]): Point[] {
  const latitude = newest(plan, "latitude", latest);
  const longitude = newest(plan, "longitude", latest);
  return location(latitude, longitude, newest(plan, "altitude", latest));
}

/** A position is as old as the older of its two halves. */
export function location(
  latitude: Measured | undefined,
  longitude: Measured | undefined,
  altitude: Measured | undefined,
): Point[] {
  if (latitude === undefined || longitude === undefined) return [];
  const given: readonly (readonly [string, Measured | undefined])[] = [
    ["Latitude", latitude],
    ["Longitude", longitude],
    ["Altitude", altitude],
  ];
  const { fields } = shapeOf("Location");
  const values: Record<string, number> = {};
  for (const [name, measured] of given) {
    const field = fields.find((one) => one.name === name);
    if (measured !== undefined && field?.kind === "number" && isInRange(field, measured.value))
      values[name] = measured.value;
  }
  if (values.Latitude === undefined || values.Longitude === undefined) return [];
  const timeMs = Math.min(latitude.timeMs, longitude.timeMs);
  return [{ element: "Location", timeMs, values }];
}

/** Of the machine's one engine. */
const engineStatus = (speed: Measured | undefined): Point[] =>
  speed === undefined
    ? []
    : [
        {
          element: "EngineStatus",
          timeMs: speed.timeMs,
          values: { EngineNumber: "1", Running: speed.value > runningAboveRpm },
        },
      ];
