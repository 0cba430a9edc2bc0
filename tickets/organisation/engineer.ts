import { type Static, Type } from "typebox";
import { closed, Instant } from "../vocabulary.ts";
import { Day, OrganisationId, Place, productTypePattern } from "./fields.ts";
import { organisationConfig } from "./organisation-config.ts";

/** Least first. */
export const engineerLevels = ["junior", "intermediate", "senior", "expert"] as const;
export type EngineerLevel = (typeof engineerLevels)[number];

export const faultClasses = ["electrical", "mechanical", "hydraulic", "other"] as const;
export type FaultClass = (typeof faultClasses)[number];

export const engineerStates = [
  "off_duty",
  "available",
  "assigned",
  "travelling",
  "working",
  "leave",
] as const;
export type EngineerState = (typeof engineerStates)[number];

/** As the service plans name them. */
export const ProductType = Type.String({ pattern: productTypePattern });

export const engineerFields = {
  engineerId: OrganisationId,
  stationId: OrganisationId,
  employment: Type.Enum(["own", "partner"]),
  level: Type.Enum(engineerLevels),
  skills: Type.Object(
    {
      productTypes: Type.Array(ProductType, { maxItems: 50, uniqueItems: true }),
      faultClasses: Type.Array(Type.Enum(faultClasses), { maxItems: 4, uniqueItems: true }),
    },
    closed,
  ),
  certifications: Type.Array(Type.Object({ productType: ProductType, validUntil: Day }, closed), {
    maxItems: 50,
  }),
  flyingSquad: Type.Boolean(),
  specialistFor: Type.Array(ProductType, { maxItems: 50, uniqueItems: true }),
  shift: Type.Object(
    {
      /** ISO weekdays, 1 is Monday. */
      days: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), {
        maxItems: 7,
        uniqueItems: true,
      }),
      from: Type.String({ pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$" }),
      to: Type.String({ pattern: "^([01][0-9]|2[0-4]):[0-5][0-9]$" }),
    },
    { ...closed, description: "local time of his region" },
  ),
  optimalLoadHours: Type.Number({ exclusiveMinimum: 0, maximum: 200 }),
  maxLoadHours: Type.Number({ exclusiveMinimum: 0, maximum: 200 }),
  vehicleStockLocationId: Type.Optional(OrganisationId),
};

/** What is kept of an engineer in his file; his name is a `people` row of the same id. */
export const EngineerFile = Type.Object(engineerFields, closed);
export type EngineerFile = Static<typeof EngineerFile>;

export const EngineerPosition = Type.Object({ ...Place.properties, at: Instant }, closed);
export type EngineerPosition = Static<typeof EngineerPosition>;

/** An engineer as dispatch sees him: his file, his name, where he is and what he does now. */
export const Engineer = Type.Object(
  {
    ...engineerFields,
    regionId: Type.Optional(OrganisationId),
    /** His id when the name was erased. */
    name: Type.String(),
    firstName: Type.Optional(Type.String()),
    state: Type.Enum(engineerStates),
    position: Type.Optional(EngineerPosition),
    stationLocation: Type.Optional(Place),
    version: Type.Integer({ minimum: 1 }),
  },
  closed,
);
export type Engineer = Static<typeof Engineer>;

export const isAtLeast = (level: EngineerLevel, least: EngineerLevel): boolean =>
  engineerLevels.indexOf(level) >= engineerLevels.indexOf(least);

/** EN-2: product types he may work on at `day` (YYYY-MM-DD): those he has a certificate for that still holds. */
export const certifiedFor = (
  { skills, certifications }: Pick<Engineer, "skills" | "certifications">,
  day: string,
): string[] =>
  skills.productTypes.filter((productType) =>
    certifications.some((one) => one.productType === productType && one.validUntil >= day),
  );

/** EN-5: where he is taken to be: his last position while it is fresh, else his station. */
export function placeOf(
  { position, stationLocation }: Pick<Engineer, "position" | "stationLocation">,
  nowMs: number,
  { positionFreshMs } = organisationConfig,
): Static<typeof Place> | undefined {
  if (position && nowMs - Date.parse(position.at) <= positionFreshMs)
    return { lat: position.lat, lon: position.lon };
  return stationLocation;
}
