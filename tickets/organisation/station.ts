import { type Static, Type } from "typebox";
import { I18nText } from "../evidence.ts";
import { closed } from "../vocabulary.ts";
import { OrganisationId, Place } from "./fields.ts";

export const stationKinds = ["own", "partner", "dealer"] as const;

/** A service station (服务站). ST-1: its one stock location. */
export const Station = Type.Object(
  {
    stationId: OrganisationId,
    regionId: OrganisationId,
    name: I18nText,
    kind: Type.Enum(stationKinds),
    status: Type.Enum(["active", "inactive"]),
    stockLocationId: OrganisationId,
    location: Type.Optional(Place),
    managerId: Type.Optional(OrganisationId),
  },
  closed,
);
export type Station = Static<typeof Station>;

/** A station as the stock file brought it, with what that leaves out. */
export const toStation = (
  body: Pick<Station, "stationId" | "regionId" | "name"> & Partial<Station>,
): Station => ({ kind: "own", status: "active", stockLocationId: body.stationId, ...body });

export const centreKinds = ["hq", "regional_centre"] as const;

/** A parts centre: of headquarters or of a large region. Its stock is the ledger's. */
export const Centre = Type.Object(
  {
    centreId: OrganisationId,
    kind: Type.Enum(centreKinds),
    regionId: Type.Optional(OrganisationId),
    name: I18nText,
    location: Place,
  },
  closed,
);
export type Centre = Static<typeof Centre>;
