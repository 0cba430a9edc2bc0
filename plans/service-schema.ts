import { type Static, Type } from "typebox";
import {
  CalendarMonths,
  Clocks,
  Days,
  FrequencyMultiplier,
  Hours,
  layerSections,
  Months,
  Peak,
  Premium,
  SlaProfile,
  Staffing,
} from "./layer-schema.ts";
import { closed, Id, literals, SignalName, Text } from "./schema-words.ts";

/** What is promised when something breaks; every plan has it (PL-1). */
const Emergency = Type.Object({ slaProfile: SlaProfile, clocks: Type.Optional(Clocks) }, closed);

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
    frequencyMultiplier: Type.Optional(FrequencyMultiplier),
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
  staffing: Type.Optional(Staffing),
  ...layerSections,
};

export type Emergency = Static<typeof Emergency>;
export type Preventive = Static<typeof Preventive>;
export type ServiceInterval = Static<typeof Interval>;
export type Checklist = Static<typeof Checklist>;
export type ChecklistStep = Static<typeof ChecklistStep>;
export type PlanPart = Static<typeof PlanPart>;
