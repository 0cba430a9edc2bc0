import type { LatestSignal } from "@firebreak/ingest/store/store.ts";
import { convertUnit } from "@firebreak/plans/convert-unit.ts";
import { type Iso15143Quantity, iso15143Units } from "@firebreak/plans/iso15143-schema.ts";
import type { NmeaField } from "@firebreak/plans/nmea-schema.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";

/** SPNs that hold a quantity, the best first. @see SAE J1939-71 */
const spnsOf: Partial<Record<Iso15143Quantity, readonly number[]>> = {
  latitude: [584],
  longitude: [585],
  operatingHours: [247],
  powerTakeOffHours: [248],
  idleHours: [235],
  fuelUsed: [250],
  fuelRemaining: [96],
  defRemaining: [1761],
  distance: [917, 245],
  engineSpeed: [190],
  loadFactor: [92],
  speed: [84],
  ambientTemperature: [171],
};
const receiverFields: Partial<Record<Iso15143Quantity, NmeaField>> = {
  latitude: "latitude",
  longitude: "longitude",
  altitude: "altitude",
  speed: "speed",
};

/** The signal that holds a quantity: what the plan says, else by SPN, else of the satellite receiver. */
export function signalOf(plan: Plan | undefined, quantity: Iso15143Quantity): string | undefined {
  const said = plan?.iso15143?.signals?.[quantity];
  if (said !== undefined || plan === undefined) return said;
  const signals = Object.entries(plan.acquisition.signals);
  const bySpn = (spnsOf[quantity] ?? []).flatMap((spn) =>
    signals.filter(([, { j1939 }]) => j1939?.spn === spn),
  );
  const field = receiverFields[quantity];
  const byField = signals.filter(([, { nmea }]) => field !== undefined && nmea?.field === field);
  return [...bySpn, ...byField].find(([, { unit }]) => isUsable(unit, quantity))?.[0];
}

const isUsable = (unit: string, quantity: Iso15143Quantity): boolean =>
  convertUnit(0, unit, iso15143Units[quantity]) !== undefined;

/** A value in the unit of the standard. */
export const toStandard = (
  value: number,
  unit: string,
  quantity: Iso15143Quantity,
): number | undefined => convertUnit(value, unit, iso15143Units[quantity]);

/** A good value and when it was measured. */
export interface Measured {
  readonly value: number;
  readonly timeMs: number;
}

/** The newest good value of a quantity; where control units send it twice, of the one with the lowest address. */
export function newest(
  plan: Plan | undefined,
  quantity: Iso15143Quantity,
  latest: readonly LatestSignal[],
): Measured | undefined {
  const name = signalOf(plan, quantity);
  const found = latest.find((one) => one.name === name && one.value !== null);
  if (found === undefined || found.value === null) return undefined;
  const value = toStandard(found.value, found.unit, quantity);
  return value === undefined ? undefined : { value, timeMs: Date.parse(found.t) };
}
