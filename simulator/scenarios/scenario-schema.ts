import type { ConfigPath } from "@firebreak/kit/load-config.ts";
import { type Static, Type } from "typebox";
import {
  FaultDraw,
  FigureCondition,
  Home,
  Look,
  Organisation,
  Reference,
} from "./organisation-schema.ts";

const closed = { additionalProperties: false } as const;
const Id = Type.String({
  pattern: "^[A-Z][A-Z0-9-]{0,30}$",
  description: "capitals, digits and -",
});
const Hours = Type.Number({ minimum: 0, maximum: 20_000, description: "since the beginning" });
const FaultCode = Type.String({
  pattern: "^[a-z][a-z0-9-]*$",
  description: "failure mode of the plan, or `uncatalogued`",
});

const Fault = Type.Object(
  {
    fault: Type.String({ description: "of the machine type" }),
    atHour: Hours,
    cause: Type.Optional(
      Type.String({
        description: "what it really is, of the plan; absent: its first that takes a part",
      }),
    ),
    lifeHours: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        description: "of nominal load until it fails; absent: drawn by the seed",
      }),
    ),
  },
  closed,
);

/** A trouble code that a control unit names in each of its DM1 messages, one a second (SAE J1939-73). */
const Code = Type.Object(
  {
    sa: Type.Integer({ minimum: 0, maximum: 253, description: "source address" }),
    spn: Type.Integer({ minimum: 1, maximum: 524_287 }),
    fmi: Type.Integer({ minimum: 0, maximum: 31 }),
    lamp: Type.Optional(Type.Enum(["none", "protect", "amber", "red", "malfunction"])),
    fromHour: Hours,
    untilHour: Type.Optional(Hours),
    flaps: Type.Optional(
      Type.Object(
        {
          onSeconds: Type.Integer({ minimum: 1, maximum: 86_400 }),
          offSeconds: Type.Integer({ minimum: 1, maximum: 86_400 }),
        },
        { ...closed, description: "comes and goes; absent: it stays" },
      ),
    ),
  },
  closed,
);

/** Machines of one kind, each with a gateway of its own: `<group>-001` and on. */
const Group = Type.Object(
  {
    group: Id,
    plan: Type.String({ description: "folder under plans/" }),
    count: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, description: "default 1" })),
    body: Type.Optional(
      Type.Enum(["works", "ignition-on"], {
        description:
          "works (the default): shifts, weather and physics of its type; ignition-on: it stands, and only its control units speak",
      }),
    ),
    faults: Type.Optional(Type.Array(Fault)),
    home: Type.Optional(Home),
    codes: Type.Optional(Type.Array(Code)),
  },
  closed,
);

const Event = Type.Union([
  Type.Object(
    {
      event: Type.Literal("gateways-offline"),
      group: Id,
      atHour: Hours,
      hours: Type.Number({ exclusiveMinimum: 0, maximum: 2_000 }),
    },
    { ...closed, description: "their radio link is gone; they go on measuring" },
  ),
  Type.Object(
    {
      event: Type.Literal("links-cut"),
      atHour: Hours,
    },
    {
      ...closed,
      description: "every link is cut with the batches of that step on their way; they come again",
    },
  ),
  Type.Object(
    {
      event: Type.Literal("batches-repeated"),
      atHour: Hours,
    },
    {
      ...closed,
      description:
        "every gateway sends its newest batches a second time, as one does whose acknowledgements are lost",
    },
  ),
  Type.Object(
    {
      event: Type.Literal("hub-killed"),
      atHour: Hours,
    },
    {
      ...closed,
      description:
        "broker, rules and tickets end by SIGKILL with the batches of that step on their way, and start again",
    },
  ),
]);

const Expected = Type.Union([
  Type.String(),
  Type.Number(),
  Type.Boolean(),
  Type.Null({ description: "nothing stands there" }),
  Type.Object(
    {
      times: Type.Number({ description: "so many times the number that was kept" }),
      kept: Type.String(),
    },
    { ...closed, description: "to nine digits" },
  ),
]);

const orderFields = {
  order: Type.Enum(["get", "post"]),
  path: Type.String({ minLength: 1, description: "behind /api/v1/" }),
  body: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  keep: Type.Optional(
    Type.Record(Type.String({ pattern: "^[a-z][A-Za-z0-9]*$" }), Type.String(), {
      description: "a name for a place in the answer, such as parts[0].transferId",
    }),
  ),
  expect: Type.Optional(
    Type.Record(Type.String(), Expected, {
      description: "what stands at places of the answer, such as sla[kind=arrival].status: met",
    }),
  ),
};

/** Something that a person asks for over `/api/v1`. `$name` in path and body is what an earlier order has kept. */
const Order = Type.Object({ ...orderFields, atHour: Hours }, closed);

const ForEach = Type.Object(
  {
    forEach: Id,
    atHour: Hours,
    orders: Type.Array(Type.Object(orderFields, closed), { minItems: 1 }),
  },
  {
    ...closed,
    description:
      "the same orders for each machine of a group, which is `$machine` in them; what they keep is the machine's own",
  },
);

const Condition = Type.Union([
  Type.Object(
    {
      condition: Type.Literal("one-ticket-each"),
      group: Id,
      faultCode: FaultCode,
      kind: Type.Enum(["inspection", "repair"]),
      trigger: Type.Enum(["anomaly", "dtc"]),
      occurrences: Type.Optional(
        Type.Integer({ minimum: 1, description: "at least so many onsets, counted on it" }),
      ),
      lagHours: Type.Optional(
        Type.Number({ minimum: 0, description: "its detectionLagMs is at least that" }),
      ),
    },
    {
      ...closed,
      description: "exactly one in the whole run, opened by the machine alone, with its evidence",
    },
  ),
  Type.Object(
    {
      condition: Type.Literal("all-found"),
      leadHours: Type.Optional(
        Type.Number({ minimum: 0, description: "the shortest time before the failure" }),
      ),
    },
    closed,
  ),
  Type.Object({ condition: Type.Literal("no-false-tickets") }, closed),
  Type.Object(
    {
      condition: Type.Literal("stored-once"),
      sentAgain: Type.Optional(
        Type.Integer({ minimum: 1, description: "at least so many batches went out again" }),
      ),
    },
    {
      ...closed,
      description: "every sample that was sent is stored, once, in the order of the machine's time",
    },
  ),
  Type.Object(
    { condition: Type.Literal("orders-answered") },
    { ...closed, description: "every order was taken, and its answer was as expected" },
  ),
  Type.Object(
    {
      condition: Type.Literal("stock-consistent"),
      partNo: Type.String({ minLength: 1 }),
      pieces: Type.Integer({ minimum: 0, description: "in all places and under way together" }),
    },
    { ...closed, description: "on hand is the sum of the ledger everywhere, and none is lost" },
  ),
  Type.Object(
    { condition: Type.Literal("as-undisturbed") },
    {
      ...closed,
      description: "the same tickets and clocks as in a second run without the events",
    },
  ),
  FigureCondition,
]);

const Tuning = Type.Object(
  {
    plan: Type.String({ description: "folder under plans/" }),
    rule: Type.String({ description: "of its threshold rules" }),
    above: Type.Optional(Type.Number({ description: "instead of what the plan says" })),
    below: Type.Optional(Type.Number({ description: "instead of what the plan says" })),
  },
  { ...closed, description: "a rule as somebody has it who tuned it badly; for this hub alone" },
);

export const Scenario = Type.Object(
  {
    scenario: Type.String({ pattern: "^[a-z][a-z0-9-]*$", description: "the file's name" }),
    title: Type.String({ minLength: 1 }),
    seed: Type.Integer({ minimum: 0, maximum: 0xff_ff_ff_ff }),
    from: Type.String({
      pattern: "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(Z|[+-]\\d{2}:\\d{2})$",
      description: "when it begins, such as 2026-03-02T06:00:00+08:00",
    }),
    hours: Type.Number({ exclusiveMinimum: 0, maximum: 20_000, description: "how long it lasts" }),
    stepMinutes: Type.Number({
      minimum: 1,
      maximum: 1_440,
      description:
        "the hub's clock goes on by so much at a time, so times of tickets are that coarse",
    }),
    machines: Type.Array(Group, { description: "may be none where only people do something" }),
    faultDraw: Type.Optional(FaultDraw),
    look: Type.Optional(Look),
    organisations: Type.Optional(
      Type.Array(Organisation, {
        minItems: 1,
        description: "the scenario happens once to each; what is found and missed is of the last",
      }),
    ),
    references: Type.Optional(Type.Array(Reference)),
    tuned: Type.Optional(Type.Array(Tuning)),
    events: Type.Optional(Type.Array(Event)),
    orders: Type.Optional(
      Type.Array(Type.Union([Order, ForEach]), { description: "in the order of their time" }),
    ),
    conditions: Type.Array(Condition, { minItems: 1 }),
  },
  closed,
);

export type Scenario = Static<typeof Scenario>;
export type ScenarioGroup = Static<typeof Group>;
export type ScenarioCode = Static<typeof Code>;
export type ScenarioEvent = Static<typeof Event>;
export type ScenarioOrder = Static<typeof Order>;
export type ScenarioForEach = Static<typeof ForEach>;
export type ScenarioTuning = Static<typeof Tuning>;
export type ScenarioCondition = Static<typeof Condition>;

/** Something in a scenario that its schema cannot see. */
export interface ScenarioMistake {
  readonly path: ConfigPath;
  readonly message: string;
}

/** Ids of a group's machines; a gateway is called as its machine, in small letters. */
export const machinesOf = ({ group, count = 1 }: ScenarioGroup): readonly string[] =>
  Array.from({ length: count }, (_, at) => `${group}-${String(at + 1).padStart(3, "0")}`);
