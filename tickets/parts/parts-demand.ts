import { type Static, Type } from "typebox";
import { closed, Instant, literals } from "../vocabulary.ts";
import { approvalLevels } from "./approval.ts";
import { tiers } from "./part.ts";

export const purposes = ["work", "replenishment", "loaner"] as const;

/** What a parts ticket is for and where it must be; fixed when it opens, except the commit date. */
export const PartsDemand = Type.Object(
  {
    purpose: literals(purposes),
    destinationId: Type.String({ minLength: 1, description: "stock location" }),
    tier: literals(tiers),
    isKeyCustomer: Type.Boolean(),
    isInWarranty: Type.Boolean({ description: "an old part replaced must come back" }),
    approval: literals(approvalLevels),
    isWearListed: Type.Boolean({ description: "every part is on the wear list" }),
    isCentreCovered: Type.Boolean({ description: "a regional centre delivers in time" }),
    neededBy: Type.Optional(Instant),
    engineerId: Type.Optional(Type.String({ minLength: 1 })),
    commitAt: Type.Optional(Type.String({ description: "when it was promised to be there" })),
  },
  closed,
);
export type PartsDemand = Static<typeof PartsDemand>;
