import { type Static, Type } from "typebox";
import {
  CanopenPosition,
  CanopenSettings,
  CanPosition,
  J1939Position,
  J1939Settings,
} from "./can-schema.ts";
import { FailureMode } from "./catalogue-schema.ts";
import { CompositeRule } from "./composite-schema.ts";
import { Derived } from "./derived-schema.ts";
import { CohortRule, TrendRule } from "./history-rule-schema.ts";
import { SignalImport } from "./import-schema.ts";
import { Iso15143 } from "./iso15143-schema.ts";
import { ModelFileRule, RemainingLifeRule } from "./learned-rule-schema.ts";
import { liveRules } from "./live-rules-schema.ts";
import { ModbusDevice, ModbusPosition } from "./modbus-schema.ts";
import { NmeaPosition } from "./nmea-schema.ts";
import { ofEpisodes, ruleCommon } from "./rule-words.ts";
import { Sampling } from "./sampling-schema.ts";
import { Byte, closed, Id, literals, SignalName, Text } from "./schema-words.ts";
import { serviceSections } from "./service-schema.ts";
import { Unit } from "./signal-words.ts";

export const Signal = Type.Object(
  {
    title: Text,
    unit: Unit,
    scale: Type.Number({ description: "physical = raw * scale + offset" }),
    offset: Type.Number(),
    range: Type.Array(Type.Number(), {
      minItems: 2,
      maxItems: 2,
      description: "plausible [min, max] in the unit; outside is out-of-range",
    }),
    sampling: Sampling,
    source: Type.String({
      minLength: 1,
      description: "document and clause the facts come from, or 'engineering default'",
    }),
    j1939: Type.Optional(J1939Position),
    can: Type.Optional(CanPosition),
    canopen: Type.Optional(CanopenPosition),
    modbus: Type.Optional(ModbusPosition),
    nmea: Type.Optional(NmeaPosition),
  },
  closed,
);

export const Acquisition = Type.Object(
  {
    maker: Type.String({ minLength: 1 }),
    models: Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }),
    modbusDevices: Type.Optional(Type.Record(Id, ModbusDevice, closed)),
    j1939: Type.Optional(J1939Settings),
    canopen: Type.Optional(CanopenSettings),
    imports: Type.Optional(
      Type.Array(SignalImport, { description: "files whose signals are added to those below" }),
    ),
    keySignals: Type.Optional(
      Type.Array(SignalName, {
        maxItems: 16,
        description: "kept with a trouble code as it begins; default: the first twelve signals",
      }),
    ),
    signals: Type.Record(SignalName, Signal, closed),
  },
  closed,
);

export const Condition = Type.Object(
  { signal: SignalName, above: Type.Optional(Type.Number()), below: Type.Optional(Type.Number()) },
  closed,
);

export const ThresholdRule = Type.Object(
  {
    ...ofEpisodes,
    kind: Type.Literal("threshold"),
    signal: SignalName,
    above: Type.Optional(
      Type.Number({ description: "exactly one of above and below, in the signal's unit" }),
    ),
    below: Type.Optional(Type.Number()),
    hysteresis: Type.Number({
      minimum: 0,
      description: "how far back it must come to clear, in the unit",
    }),
    holdSeconds: Type.Number({ minimum: 0, description: "how long it must last, in machine time" }),
    clearSeconds: Type.Optional(
      Type.Number({
        minimum: 0,
        description:
          "how long it must be back, in machine time of the context in sum, to clear; default holdSeconds",
      }),
    ),
    cyclic: Type.Optional(
      Type.Boolean({
        description:
          "true: the machine's own cycle takes the signal over the limit; only an unbroken stay counts, not how often",
      }),
    ),
    context: Type.Optional(Id),
    failureMode: Id,
  },
  closed,
);

export const ActiveDtcRule = Type.Object(
  {
    ...ruleCommon,
    kind: Type.Literal("active-dtc"),
    minMessages: Type.Integer({
      minimum: 1,
      description: "DM1 messages of the source address that must name the code",
    }),
    holdSeconds: Type.Number({
      minimum: 0,
      description: "time between the first and the last of these",
    }),
    silenceSeconds: Type.Number({
      minimum: 1,
      description: "DM1 silence after which the state is unknown",
    }),
  },
  closed,
);

export const SensorErrorRule = Type.Object(
  {
    ...ofEpisodes,
    kind: Type.Literal("sensor-error"),
    signal: SignalName,
    holdSeconds: Type.Number({ minimum: 0 }),
    context: Type.Optional(Id),
    failureMode: Id,
  },
  closed,
);

export const SensorPlausibilityRule = Type.Object(
  {
    ...ofEpisodes,
    kind: Type.Literal("sensor-plausibility"),
    signal: SignalName,
    companion: Type.Optional(SignalName),
    stuckSeconds: Type.Optional(
      Type.Number({ exclusiveMinimum: 0, description: "of one and the same value; default 600" }),
    ),
    mostPerSecond: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        description: "faster is impossible, in the signal's unit per second",
      }),
    ),
    twin: Type.Optional(SignalName),
    apart: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        description: "how far the twin may be, in the unit; default a tenth of the range",
      }),
    ),
    context: Type.Optional(Id),
    failureMode: Id,
  },
  closed,
);

/** A control unit, by how its signals are known. */
const ControlUnit = Type.Union([
  Type.Object({ sa: Type.Integer({ ...Byte, description: "J1939 source address" }) }, closed),
  Type.Object({ device: Id }, closed),
]);

export const UnitLostRule = Type.Object(
  {
    ...ofEpisodes,
    kind: Type.Literal("unit-lost"),
    unit: ControlUnit,
    holdSeconds: Type.Number({
      minimum: 0,
      description: "how long all of its signals must be bad together, in machine time",
    }),
    failureMode: Id,
  },
  closed,
);

export const Rule = Type.Union([
  ThresholdRule,
  ActiveDtcRule,
  SensorErrorRule,
  SensorPlausibilityRule,
  UnitLostRule,
  ...liveRules,
  TrendRule,
  CohortRule,
  RemainingLifeRule,
  ModelFileRule,
  CompositeRule,
]);

/** What telemetry must show after a repair before it counts as verified (故障排除后确认运转正常). */
export const Verification = Type.Object(
  {
    context: Id,
    minOperatingMinutes: Type.Number({
      exclusiveMinimum: 0,
      description: "operation in that context, in machine time after the finish",
    }),
    minHealth: Type.Integer({ minimum: 0, maximum: 100, description: "health index at the end" }),
    holdSeconds: Type.Number({
      minimum: 0,
      description: "how long a signal must be outside its normal band to count against the repair",
    }),
    normal: Type.Array(Condition, {
      description: "normal band of each signal in that context; at most one for a signal",
    }),
  },
  closed,
);

export const Rules = Type.Object(
  {
    contexts: Type.Record(
      Id,
      Type.Object({ title: Text, all: Type.Array(Condition, { minItems: 1 }) }, closed),
      closed,
    ),
    derived: Type.Optional(
      Type.Record(SignalName, Derived, {
        ...closed,
        description: "signals reckoned from others; rules and contexts use them like signals",
      }),
    ),
    rules: Type.Array(Rule),
    defaults: Type.Optional(
      literals(["shadow", "off"], {
        description: "whether signals without a rule are watched, in shadow mode; default shadow",
      }),
    ),
    verification: Type.Optional(Verification),
  },
  closed,
);

export const Service = Type.Object(
  {
    productType: Type.String({ pattern: "^[a-z][a-z_]*$" }),
    tier: literals(["exceed", "above", "meet"]),
    ...serviceSections,
    failureModes: Type.Record(Id, FailureMode, closed),
  },
  closed,
);

/** One machine type, one file (一品一案). The three sections are hashed and versioned separately. */
export const Plan = Type.Object(
  {
    plan: Id,
    version: Type.Integer({ minimum: 1 }),
    title: Text,
    acquisition: Acquisition,
    rules: Rules,
    service: Service,
    iso15143: Type.Optional(Iso15143),
  },
  closed,
);

export { FailureMode, Remedy } from "./catalogue-schema.ts";
export { CompositeRule } from "./composite-schema.ts";
export { CohortRule, TrendRule } from "./history-rule-schema.ts";
export { ModelFileRule, RemainingLifeRule } from "./learned-rule-schema.ts";
export type { ModbusDevice } from "./modbus-schema.ts";
export type { Text } from "./schema-words.ts";
export { Units } from "./signal-words.ts";
export type Plan = Static<typeof Plan>;
export type Signal = Static<typeof Signal>;
export type Acquisition = Static<typeof Acquisition>;
export type Rules = Static<typeof Rules>;
export type Rule = Static<typeof Rule>;
export type Verification = Static<typeof Verification>;
export type Condition = Static<typeof Condition>;
export type ThresholdRule = Static<typeof ThresholdRule>;
export type ActiveDtcRule = Static<typeof ActiveDtcRule>;
export type SensorErrorRule = Static<typeof SensorErrorRule>;
export type SensorPlausibilityRule = Static<typeof SensorPlausibilityRule>;
export type UnitLostRule = Static<typeof UnitLostRule>;
export type ControlUnit = Static<typeof ControlUnit>;
export type Service = Static<typeof Service>;
