import { type Static, Type } from "typebox";
import { I18nText } from "../evidence.ts";
import { closed, literals } from "../vocabulary.ts";
import { type PartsConfig, partsConfig } from "./parts-config.ts";

export const locationKinds = [
  "hq",
  "regional_centre",
  "station",
  "vehicle",
  "customer",
  "supplier",
] as const;
export type LocationKind = (typeof locationKinds)[number];

export const GeoPoint = Type.Object(
  {
    lat: Type.Number({ minimum: -90, maximum: 90, description: "degrees north" }),
    lon: Type.Number({ minimum: -180, maximum: 180, description: "degrees east" }),
  },
  closed,
);
export type GeoPoint = Static<typeof GeoPoint>;

/** A place where parts lie. A station's has the station's id. */
export const StockLocation = Type.Object(
  {
    locationId: Type.String({ minLength: 1, maxLength: 100 }),
    kind: literals(locationKinds),
    name: I18nText,
    regionId: Type.String({ description: "empty: of no region" }),
    parentId: Type.Optional(
      Type.String({ minLength: 1, description: "the place it is stocked up from" }),
    ),
    stationId: Type.Optional(
      Type.String({ minLength: 1, description: "of a vehicle: its station" }),
    ),
    engineerId: Type.Optional(Type.String({ minLength: 1, description: "of a vehicle: whose" })),
    point: Type.Optional(GeoPoint),
  },
  closed,
);
export type StockLocation = Static<typeof StockLocation>;

const EARTH_RADIUS_KM = 6371;

/** Great-circle distance in kilometres. Pure. */
export function distanceKm(from: GeoPoint, to: GeoPoint): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const chord =
    Math.sin(radians(to.lat - from.lat) / 2) ** 2 +
    Math.cos(radians(from.lat)) *
      Math.cos(radians(to.lat)) *
      Math.sin(radians(to.lon - from.lon) / 2) ** 2;
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.min(1, Math.sqrt(chord)));
}

type Place = Pick<StockLocation, "locationId" | "point">;

/** Hours until what lies at `from` lies at `to`: handling and the road; 0 at the same place. Pure. */
export function travelHours(
  from: Place,
  to: Place,
  { isGreen, config = partsConfig }: { readonly isGreen: boolean; readonly config?: PartsConfig },
): number {
  if (from.locationId === to.locationId) return 0;
  const { roadFactor, kmPerHour, handlingHours, greenHandlingHours, unknownHours } = config.travel;
  if (!from.point || !to.point) return unknownHours;
  const roadKm = distanceKm(from.point, to.point) * roadFactor;
  return roadKm / kmPerHour + (isGreen ? greenHandlingHours : handlingHours);
}
