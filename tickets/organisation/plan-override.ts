import { segments } from "@firebreak/plans/place-words.ts";
import { slaProfileNames } from "@firebreak/plans/sla-profiles.ts";
import { type Static, Type } from "typebox";
import { closed } from "../vocabulary.ts";
import { InspectionMonths, OrganisationId, ShortText } from "./fields.ts";

const Days = Type.Integer({ minimum: 0, maximum: 365, description: "calendar days" });

/**
 * What headquarters change of a service plan for one region, with all below it, or for one segment of customers. It is
 * laid over what the plan itself says for that place (PL-7).
 */
export const PlanOverride = Type.Object(
  {
    overrideId: OrganisationId,
    planId: OrganisationId,
    regionId: Type.Optional(OrganisationId),
    segment: Type.Optional(
      Type.Enum(segments, { description: "exactly one of regionId and segment" }),
    ),
    calendarMonths: Type.Optional(InspectionMonths),
    peak: Type.Optional(Type.Object({ leadDays: Days, afterDays: Days }, closed)),
    slaProfile: Type.Optional(Type.Enum(slaProfileNames)),
    slaUplift: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 2, description: "served so many priorities higher" }),
    ),
    reason: ShortText,
  },
  closed,
);
export type PlanOverride = Static<typeof PlanOverride>;

const changes = ["calendarMonths", "peak", "slaProfile", "slaUplift"] as const;

export const changesNothing = (override: PlanOverride): boolean =>
  changes.every((name) => override[name] === undefined);

/** Of a plan in a place there is one override at most. */
export const placeOf = ({ planId, regionId, segment }: PlanOverride): string =>
  JSON.stringify([planId, regionId ?? "", segment ?? ""]);
