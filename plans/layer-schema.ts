// What of a service plan may differ from place to place, and the layers that a plan file has for it.
import { type Static, Type } from "typebox";
import { marketStages } from "./place-words.ts";
import { closed, literals } from "./schema-words.ts";
import { emergencyPriorities, slaProfileNames } from "./sla-profiles.ts";

export const SlaProfile = literals(slaProfileNames);

/** Times that a machine is promised beyond its profile. */
export const Clocks = Type.Array(
  Type.Object(
    {
      clock: literals(["response", "arrival", "resolution"]),
      priority: Type.Optional(
        literals(emergencyPriorities, { description: "all of them when left out" }),
      ),
      targetMinutes: Type.Integer({ minimum: 1, description: "whole minutes" }),
    },
    closed,
  ),
  { description: "times that this machine is promised beyond its profile" },
);

export const Months = Type.Integer({ minimum: 1, maximum: 600, description: "whole months" });
export const Days = Type.Integer({ minimum: 0, maximum: 365, description: "calendar days" });
export const Hours = Type.Number({ exclusiveMinimum: 0, maximum: 100_000, description: "hours" });

export const CalendarMonths = Type.Array(Months, {
  minItems: 1,
  description: "months after handover at which the machine is inspected; month 1 is always one",
});

export const Peak = Type.Object(
  {
    leadDays: Type.Integer({ ...Days, description: "inspected so many days before a peak period" }),
    afterDays: Type.Integer({ ...Days, description: "inspected within so many days after it" }),
  },
  closed,
);

export const FrequencyMultiplier = Type.Integer({
  minimum: 1,
  maximum: 12,
  description: "inspections so many times as often; for machines in their launch phase",
});

export const Premium = Type.Object(
  {
    operatorTraining: Type.Boolean(),
    standbyMachine: Type.Boolean(),
    partsDeliveryHours: Type.Optional(Hours),
    assuranceMode: Type.Boolean(),
  },
  closed,
);

const levels = ["junior", "intermediate", "senior", "expert"] as const;

export const Staffing = Type.Object(
  { minLevel: literals(levels), dedicatedSpecialist: Type.Boolean() },
  closed,
);

const everywhere = {
  calendarMonths: Type.Optional(CalendarMonths),
  peak: Type.Optional(Peak),
  frequencyMultiplier: Type.Optional(FrequencyMultiplier),
  slaProfile: Type.Optional(SlaProfile),
  slaUplift: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 2,
      description: "tickets are answered and reached as if so many priorities more urgent",
    }),
  ),
  clocks: Type.Optional(Clocks),
  staffing: Type.Optional(Staffing),
};

/** What a customer's segment changes: laid over what regions do (PL-7). */
export const SegmentPatch = Type.Object(everywhere, closed);

/** What a region changes, with all below it: laid over the plan from the root to the leaf (PL-7). */
export const RegionPatch = Type.Object(
  {
    ...everywhere,
    premium: Type.Optional(Premium),
    stockFactor: Type.Optional(
      Type.Number({
        minimum: 0.1,
        maximum: 10,
        description: "so many times the reckoned upper demand of its parts is kept in the region",
      }),
    ),
    marketStage: Type.Optional(
      literals(marketStages, {
        description:
          "of this machine type, where it is not that of the region: mature and potential come first",
      }),
    ),
  },
  closed,
);

export const layerSections = {
  regionOverrides: Type.Optional(Type.Record(Type.String({ minLength: 1 }), RegionPatch)),
  segmentOverrides: Type.Optional(
    Type.Record(
      Type.String({ pattern: "^[a-z][a-z_]*$", description: "segment of customers" }),
      SegmentPatch,
      closed,
    ),
  ),
};

export type RegionPatch = Static<typeof RegionPatch>;
export type SegmentPatch = Static<typeof SegmentPatch>;
export type Clocks = Static<typeof Clocks>;
export type Peak = Static<typeof Peak>;
export type Premium = Static<typeof Premium>;
export type Staffing = Static<typeof Staffing>;
