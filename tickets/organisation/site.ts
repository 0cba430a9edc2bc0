import { type Static, Type } from "typebox";
import { closed } from "../vocabulary.ts";
import { LongText, OrganisationId, PeakPeriod, Place, ShortText } from "./fields.ts";

/** Where machines work (工地). */
export const Site = Type.Object(
  {
    siteId: OrganisationId,
    customerId: Type.Optional(OrganisationId),
    regionId: OrganisationId,
    projectName: ShortText,
    location: Type.Optional(Place),
    /** Of the building site, not of a person. */
    address: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
    projectProgress: Type.Optional(LongText),
    peakPeriods: Type.Array(PeakPeriod, { maxItems: 24 }),
    majorProject: Type.Boolean(),
    followOnProjects: Type.Optional(LongText),
  },
  closed,
);
export type Site = Static<typeof Site>;
