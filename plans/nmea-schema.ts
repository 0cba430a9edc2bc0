import { Type } from "typebox";
import type { PlanMistake } from "./plan-mistake.ts";
import { closed, literals } from "./schema-words.ts";

/** What a satellite receiver says in NMEA 0183, and the unit it comes in. */
export const nmeaFields = {
  latitude: "deg",
  longitude: "deg",
  altitude: "m",
  speed: "km/h",
  course: "deg",
  satellites: "count",
  hdop: "ratio",
} as const;
export type NmeaField = keyof typeof nmeaFields;

/** A value of the machine's satellite receiver. */
export const NmeaPosition = Type.Object(
  {
    field: literals(Object.keys(nmeaFields) as NmeaField[], {
      description: "degrees north and east, metres above sea level, km/h, course from true north",
    }),
  },
  closed,
);

interface NmeaSignal {
  readonly unit: string;
  readonly scale: number;
  readonly offset: number;
  readonly nmea?: { readonly field: NmeaField };
}

/** A receiver's values come in units of their own, so there is nothing to scale. */
export function checkNmea(signal: NmeaSignal, path: PlanMistake["path"]): PlanMistake[] {
  if (signal.nmea === undefined) return [];
  const { field } = signal.nmea;
  const unit = nmeaFields[field];
  const at = (key: string, message: string): PlanMistake => ({
    path: [...path, key],
    message,
    at: "value",
  });
  const found: PlanMistake[] = [];
  if (unit !== undefined && signal.unit !== unit)
    found.push(at("unit", `${field} of a receiver is in ${unit}, not in ${signal.unit}`));
  if (signal.scale !== 1) found.push(at("scale", "a receiver's value is not scaled; use 1"));
  if (signal.offset !== 0) found.push(at("offset", "a receiver's value has no offset; use 0"));
  return found;
}
