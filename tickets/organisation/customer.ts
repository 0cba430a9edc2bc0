import { segments } from "@firebreak/plans/place-words.ts";
import { type Static, Type } from "typebox";
import { closed } from "../vocabulary.ts";
import { OrganisationId, ShortText } from "./fields.ts";

export const customerTiers = ["high_value", "standard"] as const;
export type CustomerTier = (typeof customerTiers)[number];

export const preferredChannels = ["phone", "sms", "wechat", "email"] as const;

/** A firm that owns machines. The people to talk to are `people` rows. */
export const Customer = Type.Object(
  {
    customerId: OrganisationId,
    name: ShortText,
    segment: Type.Enum(segments),
    keyAccount: Type.Boolean(),
    tier: Type.Enum(customerTiers),
    contactIds: Type.Array(OrganisationId, { maxItems: 50, description: "ids of people" }),
    preferredChannel: Type.Enum(preferredChannels),
    regionId: Type.Optional(OrganisationId),
  },
  closed,
);
export type Customer = Static<typeof Customer>;

/** CU-1: after the work, a person calls the customers that matter most. */
export const needsHumanFollowUp = ({ tier, keyAccount }: Customer): boolean =>
  tier === "high_value" || keyAccount;
