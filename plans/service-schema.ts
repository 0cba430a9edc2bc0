import { type Static, Type } from "typebox";
import { closed, Id, literals, SignalName, Text } from "./schema-words.ts";
import { emergencyPriorities, slaProfileNames } from "./sla-profiles.ts";

const SlaProfile = literals(slaProfileNames);

/** What is promised when something breaks; every plan has it (PL-1). */
const Emergency = Type.Object(
  {
    slaProfile: SlaProfile,
    clocks: Type.Optional(
      Type.Array(
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
      ),
    ),
  },
  closed,
);

const Months = Type.Integer({ minimum: 1, maximum: 600, description: "whole months" });
const Days = Type.Integer({ minimum: 0, maximum: 365, description: "calendar days" });
const Hours = Type.Number({ exclusiveMinimum: 0, maximum: 100_000, description: "hours" });

const CalendarMonths = Type.Array(Months, {
  minItems: 1,
  description: "months after handover at which the machine is inspected; month 1 is always one",
});

const Peak = Type.Object(
  {
    leadDays: Type.Integer({ ...Days, description: "inspected so many days before a peak period" }),
    afterDays: Type.Integer({ ...Days, description: "inspected within so many days after it" }),
  },
  closed,
);

export const Preventive = Type.Object(
  {
    calendarMonths: CalendarMonths,
    leadDays: Type.Integer({
      ...Days,
      description: "the ticket is opened so many days before it is due",
    }),
    hazardPoints: Type.Optional(
      Type.Array(
        Type.Object(
          {
            id: Id,
            atHours: Type.Optional(
              Type.Number({ ...Hours, description: "exactly one of atHours and atMonths" }),
            ),
            atMonths: Type.Optional(Months),
            reason: Text,
          },
          closed,
        ),
        { description: "times at which field experience says something is about to wear out" },
      ),
    ),
    peak: Type.Optional(Peak),
    frequencyMultiplier: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 12,
        description: "inspections so many times as often; for machines in their launch phase",
      }),
    ),
    bundle: Type.Object(
      {
        radiusKm: Type.Number({ minimum: 0, maximum: 1000 }),
        windowDays: Type.Integer({ ...Days, description: "work due within it may be done along" }),
      },
      { ...closed, description: "which other work a visit may take along" },
    ),
    checklist: Id,
  },
  closed,
);

const KitLine = Type.Object(
  { partNo: Type.String({ minLength: 1 }), quantity: Type.Integer({ minimum: 1 }) },
  closed,
);

const Interval = Type.Object(
  {
    id: Id,
    title: Text,
    everyHours: Type.Optional(
      Type.Number({ ...Hours, description: "operating hours; with everyMonths: what comes first" }),
    ),
    everyMonths: Type.Optional(Months),
    leadHours: Type.Optional(
      Type.Number({
        minimum: 0,
        description: "operating hours before it is due; 20 when left out",
      }),
    ),
    checklist: Id,
    kit: Type.Optional(Type.Array(KitLine, { description: "parts that the service needs" })),
  },
  closed,
);

const ChecklistStep = Type.Object(
  {
    id: Id,
    step: Text,
    tool: Type.Optional(Text),
    method: Text,
    acceptance: Text,
    signal: Type.Optional(SignalName),
    measures: Type.Optional(
      Type.String({ minLength: 1, description: "position of the part whose wear is measured" }),
    ),
    unit: Type.Optional(Type.String({ minLength: 1, description: "of the measured value" })),
    standardHours: Type.Number({ minimum: 0 }),
  },
  closed,
);

export const Checklist = Type.Object(
  { title: Text, steps: Type.Array(ChecklistStep, { minItems: 1 }) },
  closed,
);

export const PlanPart = Type.Object(
  {
    partNo: Type.String({ minLength: 1 }),
    position: Type.String({ minLength: 1, description: "unique in the machine" }),
    title: Text,
    quantity: Type.Integer({ minimum: 1 }),
    isKeyPart: Type.Boolean(),
    isWearPart: Type.Boolean(),
    wearLife: Type.Optional(
      Type.Object(
        {
          basis: literals(["months", "hours", "strokes", "cycles"]),
          value: Type.Number({ exclusiveMinimum: 0 }),
          signal: Type.Optional(SignalName),
        },
        {
          ...closed,
          description:
            "life at nominal use; signal: the counter of strokes or cycles; left out: nobody knows",
        },
      ),
    ),
    reservePer100Machines: Type.Optional(Type.Number({ minimum: 0 })),
    source: Type.String({
      minLength: 1,
      description: "document this comes from, or 'engineering default'",
    }),
  },
  closed,
);

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

/** What a region or a customer's segment changes: laid over the plan, root region first, segment last (PL-7). */
const patch = {
  calendarMonths: Type.Optional(CalendarMonths),
  peak: Type.Optional(Peak),
  slaProfile: Type.Optional(SlaProfile),
  slaUplift: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 2,
      description: "tickets are answered and reached as if so many priorities more urgent",
    }),
  ),
};

/** The sections of a service plan beside its failure modes; all but the emergency service may be left out. */
export const serviceSections = {
  emergency: Emergency,
  lifecyclePhase: Type.Optional(literals(["new", "mature", "end_of_sale"])),
  hourMeter: Type.Optional(SignalName),
  silentHours: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 8_760,
      description: "h without data until somebody is to look at a machine; default 24",
    }),
  ),
  preventive: Type.Optional(Preventive),
  intervals: Type.Optional(Type.Array(Interval, { description: "services by operating hours" })),
  checklists: Type.Optional(Type.Record(Id, Checklist, closed)),
  parts: Type.Optional(
    Type.Array(PlanPart, { description: "parts of the machine that a service or a repair needs" }),
  ),
  premium: Type.Optional(Premium),
  partsPolicy: Type.Optional(
    Type.Object({ reserve: Type.Boolean(), supplyTimeGuarantee: Type.Boolean() }, closed),
  ),
  staffing: Type.Optional(
    Type.Object({ minLevel: literals(levels), dedicatedSpecialist: Type.Boolean() }, closed),
  ),
  regionOverrides: Type.Optional(
    Type.Record(
      Type.String({ minLength: 1 }),
      Type.Object({ ...patch, premium: Type.Optional(Premium) }, closed),
    ),
  ),
  segmentOverrides: Type.Optional(
    Type.Record(
      Type.String({ pattern: "^[a-z][a-z_]*$", description: "segment of customers" }),
      Type.Object(patch, closed),
      closed,
    ),
  ),
};

export type Emergency = Static<typeof Emergency>;
export type Preventive = Static<typeof Preventive>;
export type ServiceInterval = Static<typeof Interval>;
export type Checklist = Static<typeof Checklist>;
export type ChecklistStep = Static<typeof ChecklistStep>;
export type PlanPart = Static<typeof PlanPart>;
export type Premium = Static<typeof Premium>;
