import { healthProblemCodes } from "@firebreak/ingest/health/health-problems.ts";
import { type Static, Type } from "typebox";
import { GatewayRow, Instant, MaybeInstant, OneOf } from "./schemas.ts";

const MaybeNumber = Type.Union([Type.Number(), Type.Null()]);
const MaybeText = Type.Union([Type.String(), Type.Null()]);
const ofMachine = { machineId: Type.String(), source: Type.String() };

export const HealthProblem = Type.Object({
  code: OneOf(healthProblemCodes),
  severity: OneOf(
    ["fault", "warning", "note"],
    "fault: data are missing or at risk until somebody acts",
  ),
  since: MaybeInstant,
  machineId: Type.Union([Type.String(), Type.Null()], {
    description: "null: it is about the gateway, and so about all its machines",
  }),
  facts: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()])),
});

const Bus = Type.Object({
  ...ofMachine,
  bus: Type.String(),
  state: Type.String({
    description: "ok, opening, down, gone, bus-off, error-passive, wrong-bit-rate, silent or ended",
  }),
  since: Instant,
  bitRate: MaybeNumber,
  loadPercent: MaybeNumber,
  framesPerSecond: MaybeNumber,
  errorFrames: MaybeNumber,
  lostFrames: MaybeNumber,
  lostAt: MaybeInstant,
});

const Device = Type.Object({
  ...ofMachine,
  device: Type.String(),
  state: Type.String({ description: "ok or silent" }),
  since: Instant,
  errorPercent: MaybeNumber,
});

const Spool = Type.Object({
  mode: Type.String({ description: "disk, or memory while the disk takes nothing" }),
  since: Instant,
  code: Type.String({ description: "the system's, such as EROFS; empty while all is well" }),
  isFull: Type.Boolean(),
  thinningSince: MaybeInstant,
  catchingUpSince: MaybeInstant,
  megabytes: MaybeNumber,
  maxMegabytes: MaybeNumber,
  pendingMegabytes: MaybeNumber,
  hoursLeft: MaybeNumber,
  hoursToCatchUp: MaybeNumber,
  memoryMinutesLeft: MaybeNumber,
});

const ClockState = Type.Object({
  trust: Type.String({ description: "ntp, gnss, j1939, unconfirmed, suspect or unknown" }),
  since: Instant,
  hubDifferenceSeconds: Type.Union([Type.Number(), Type.Null()], {
    description: "hub minus gateway",
  }),
  heldSamples: MaybeNumber,
  steps: Type.Integer({ description: "how often the clock was set since the gateway's start" }),
  lastStepSeconds: MaybeNumber,
  lastStepAt: MaybeInstant,
});

export const GatewayHealth = Type.Object(
  {
    gatewayId: Type.String(),
    isOnline: Type.Boolean(),
    reportedAt: MaybeInstant,
    version: MaybeText,
    startedAt: MaybeInstant,
    celsius: MaybeNumber,
    buses: Type.Array(Bus),
    devices: Type.Array(Device),
    spool: Type.Union([Spool, Type.Null()]),
    clock: Type.Union([ClockState, Type.Null()]),
    certificate: Type.Union([
      Type.Object({ endsAt: MaybeInstant, renewal: Type.String(), problem: Type.String() }),
      Type.Null(),
    ]),
    data: Type.Array(
      Type.Object({
        machineId: Type.String(),
        state: Type.String({ description: "ok, warning or exceeded" }),
        forecastMegabytes: MaybeNumber,
        budgetMegabytes: MaybeNumber,
      }),
    ),
    problems: Type.Array(HealthProblem, { description: "the worst first" }),
  },
  { title: "GatewayHealth" },
);

/** One line of the list of gateways, with how it fares. */
export const GatewayListRow = Type.Object({
  ...GatewayRow.properties,
  version: MaybeText,
  reportedAt: MaybeInstant,
  problems: Type.Array(HealthProblem, { description: "the worst first" }),
});

export const HealthChange = Type.Object({
  at: Instant,
  path: Type.Array(Type.String(), { description: "as in docs/mqtt.md, or `session`" }),
  value: Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]),
});

export const Interruption = Type.Object({
  cause: OneOf(["bus", "device", "gateway-off", "link", "lost"]),
  from: Instant,
  to: Type.Union([Instant, Type.Null()], { description: "null: it goes on" }),
  subject: Type.String({ description: "bus or device; of a loss its reason" }),
  state: Type.String({ description: "of the bus, such as down" }),
  samples: Type.Integer({ minimum: 0, description: "given up for good, of all signals" }),
  isToCome: Type.Boolean({ description: "data of that time are still on the machine" }),
});

export type GatewayListRow = Static<typeof GatewayListRow>;
export type GatewayHealth = Static<typeof GatewayHealth>;
export type HealthProblem = Static<typeof HealthProblem>;
export type Interruption = Static<typeof Interruption>;
