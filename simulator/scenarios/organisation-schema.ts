import { type Static, Type } from "typebox";

const closed = { additionalProperties: false } as const;
const Text = Type.Object(
  { en: Type.String({ minLength: 1 }), "zh-CN": Type.String({ minLength: 1 }) },
  closed,
);

/** A number somebody assumed, with the word of where it comes from. */
const Assumed = (description: string, minimum = 0) =>
  Type.Object(
    {
      value: Type.Number({ minimum }),
      source: Type.String({ minLength: 1, description: "a source, a calibration, or a default" }),
    },
    { ...closed, description },
  );

/** Where the machines of a group work: its file in the organisation. */
export const Home = Type.Object(
  {
    customerId: Type.String({ minLength: 1 }),
    siteId: Type.String({ minLength: 1 }),
    regionId: Type.String({ minLength: 1 }),
    stationId: Type.String({ minLength: 1 }),
    lat: Type.Number({ minimum: -90, maximum: 90 }),
    lon: Type.Number({ minimum: -180, maximum: 180 }),
    spreadKm: Type.Number({ minimum: 0, maximum: 500, description: "around that place" }),
  },
  closed,
);
export type Home = Static<typeof Home>;

/** Faults that come by chance, the same for every organisation. */
export const FaultDraw = Type.Object(
  {
    perMachineMonth: Assumed("faults that begin on a machine in 30 days"),
    mix: Type.Array(
      Type.Object(
        {
          fault: Type.String({ description: "of the machine type" }),
          weight: Type.Number({ exclusiveMinimum: 0 }),
          cause: Type.String({
            description: "what it really is: a cause of the plan's failure mode",
          }),
          lifeHours: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
        },
        closed,
      ),
      { minItems: 1 },
    ),
  },
  { ...closed, description: "each kind at most once on a machine" },
);
export type FaultDraw = Static<typeof FaultDraw>;

/** How machines are looked at where months have to pass: a stretch of rows now and then, coarse physics in between. */
export const Look = Type.Object(
  {
    stretchMinutes: Type.Number({ exclusiveMinimum: 0, maximum: 60 }),
    rowSeconds: Type.Integer({ minimum: 1, maximum: 10, description: "between rows of a stretch" }),
    wellHours: Type.Number({
      exclusiveMinimum: 0,
      description: "between stretches of a sound machine",
    }),
    faultyHours: Type.Number({
      exclusiveMinimum: 0,
      description: "of one with a fault; it saves time, no rule knows",
    }),
    coarseSeconds: Type.Integer({
      minimum: 1,
      maximum: 60,
      description: "steps of the physics between stretches",
    }),
  },
  closed,
);
export type Look = Static<typeof Look>;

/** One way to serve the fleet. People, places and roads are the hub's; these are the habits of those who work with it. */
export const Organisation = Type.Object(
  {
    name: Type.String({ pattern: "^[a-z][a-z0-9-]*$" }),
    title: Text,
    telemetry: Type.Boolean({ description: "machines have gateways" }),
    people: Type.Optional(
      Type.Object(
        {
          callHours: Assumed("from a stop until its operator rings"),
          assignHours: Assumed("from a ticket until somebody is named for it"),
          departHours: Assumed("from then until that one sets out"),
          diagnoseHours: Assumed("on site until the cause is known"),
          approveHours: Assumed("from asking for parts until somebody agrees"),
          sendHours: Assumed("from then until they leave the store"),
          roadKmPerHour: Assumed("of parts on the road, waits included", 1),
          triage: Type.Boolean({
            description:
              "a stop is an emergency, its symptom is asked for, and people set out day and night; otherwise all wait their turn",
          }),
          suggests: Type.Boolean({
            description:
              "whoever the hub suggests goes, with the parts it foresees; otherwise the foreman names the next of the station",
          }),
        },
        { ...closed, description: "absent: nobody acts" },
      ),
    ),
    stock: Type.Record(Type.String(), Type.Record(Type.String(), Type.Integer({ minimum: 0 })), {
      description: "pieces by place and part; places that are not named have none of these parts",
    }),
    restockDays: Assumed("between orders that fill the stock up again", 1),
    stockSource: Type.String({ minLength: 1, description: "where these numbers come from" }),
  },
  closed,
);
export type Organisation = Static<typeof Organisation>;
export type People = NonNullable<Organisation["people"]>;

/** What a report compares organisations by. */
export const figureNames = [
  "arrivalHours",
  "emergencyArrivalHours",
  "emergencySlaMet",
  "partsHours",
  "corePartsHours",
  "waitingShare",
  "downtimeHours",
  "failures",
  "turnover",
  "leadDays",
  "partsBeforeFailure",
  "firstTimeFixRate",
] as const;
export type FigureName = (typeof figureNames)[number];

export const FigureCondition = Type.Object(
  {
    condition: Type.Literal("figure"),
    of: Type.String({ description: "an organisation" }),
    figure: Type.Enum(figureNames),
    stat: Type.Optional(
      Type.Enum(["mean", "least", "p50", "p90"], { description: "instead of the mean" }),
    ),
    per: Type.Optional(Type.String({ description: "divided by that of another organisation" })),
    atLeast: Type.Optional(Type.Number()),
    atMost: Type.Optional(Type.Number()),
  },
  closed,
);
export type FigureCondition = Static<typeof FigureCondition>;

/** A number of the sources: drawn as a line to compare with, never as something that was found here (C-18). */
export const Reference = Type.Object(
  {
    figure: Type.Enum(figureNames),
    value: Type.Number(),
    organisation: Type.Optional(Type.String({ description: "which one it speaks of" })),
    source: Text,
  },
  closed,
);
export type Reference = Static<typeof Reference>;
