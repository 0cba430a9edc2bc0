import { slaProfileNames } from "@firebreak/plans/sla-profiles.ts";
import { type Static, Type } from "typebox";
import { closed, priorities } from "../vocabulary.ts";
import { Day, InspectionMonths, LongText, MachineId, OrganisationId } from "./fields.ts";

export const commitmentStates = ["draft", "active", "expired"] as const;

/** What a customer was promised for his machines (服务承诺); it may only tighten what the plan gives (PL-7). */
export const Commitment = Type.Object(
  {
    commitmentId: OrganisationId,
    customerId: OrganisationId,
    machineIds: Type.Array(MachineId, { minItems: 1, maxItems: 1000, uniqueItems: true }),
    state: Type.Enum(commitmentStates),
    slaProfile: Type.Optional(Type.Enum(slaProfileNames)),
    slaOverrides: Type.Array(
      Type.Object(
        {
          clock: Type.Enum(["response", "arrival", "resolution", "parts_delivery"]),
          priority: Type.Optional(Type.Enum(priorities)),
          targetMinutes: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
        },
        closed,
      ),
      { maxItems: 50 },
    ),
    inspectionMonths: Type.Optional(InspectionMonths),
    warrantyTerms: Type.Optional(LongText),
    partsScope: Type.Optional(LongText),
    stationedEngineerId: Type.Optional(OrganisationId),
    standbyMachine: Type.Boolean({ description: "another machine is lent while his is down" }),
    validFrom: Day,
    validTo: Day,
  },
  closed,
);
export type Commitment = Static<typeof Commitment>;

/** On `day` (YYYY-MM-DD of the region), both ends included. */
export const isInForce = (
  { state, validFrom, validTo }: Pick<Commitment, "state" | "validFrom" | "validTo">,
  day: string,
): boolean => state === "active" && validFrom <= day && day <= validTo;

/** SC-1: two active commitments may not hold on the same day for the same machine. */
export const overlap = (one: Commitment, other: Commitment): boolean =>
  one.commitmentId !== other.commitmentId &&
  one.state === "active" &&
  other.state === "active" &&
  one.validFrom <= other.validTo &&
  other.validFrom <= one.validTo &&
  one.machineIds.some((machineId) => other.machineIds.includes(machineId));
