import { quarantineStates } from "@firebreak/ingest/delivery/quarantine-rows.ts";
import { silenceCauses } from "@firebreak/ingest/silence/silence.ts";
import { lampStates } from "@firebreak/wire/machine-event.ts";
import { qualityNames } from "@firebreak/wire/quality.ts";
import { type Static, type TSchema, Type } from "typebox";

/** One of the given words; a plain JSON Schema enum, which the API document shows best. */
export const OneOf = <const Words extends readonly string[]>(words: Words, description?: string) =>
  Type.Unsafe<Words[number]>({
    type: "string",
    enum: [...words],
    ...(description === undefined ? {} : { description }),
  });

/** ISO 8601 UTC, or null when it never happened. */
export const Instant = Type.String({ description: "ISO 8601 UTC" });
export const MaybeInstant = Type.Union([Instant, Type.Null()]);
export const MachineId = Type.String({ minLength: 1, maxLength: 200, description: "machine id" });
export const TicketId = Type.String({ minLength: 1, maxLength: 100, description: "ticket id" });

/** The shape of every list: `next` is the cursor of the following page, null on the last one. */
export const Page = <Item extends TSchema>(item: Item) =>
  Type.Object({ items: Type.Array(item), next: Type.Union([Type.String(), Type.Null()]) });

export const PageQuery = {
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1000, default: 500, description: "items per page" }),
  ),
  cursor: Type.Optional(
    Type.String({ maxLength: 1000, description: "`next` of the page before this one" }),
  ),
};

export const BothLanguages = Type.Object({ en: Type.String(), "zh-CN": Type.String() });

export const healthWords = ["good", "watch", "poor", "critical", "unknown"] as const;
export type HealthWord = (typeof healthWords)[number];

const Lamp = OneOf(lampStates);
export const Lamps = Type.Object({ mil: Lamp, redStop: Lamp, amberWarning: Lamp, protect: Lamp });

export const Silence = Type.Object({
  status: OneOf(["stale", "offline"], "offline: for 24 hours while the hub was there"),
  cause: OneOf(silenceCauses),
  isCertain: Type.Boolean({ description: "false: the likeliest, by what there is to go by" }),
  detail: Type.String({ description: "such as a bus and its state; may be empty" }),
  since: Instant,
  isUsual: Type.Boolean({ description: "as a rule it says nothing at such times" }),
});

/** Null where the server does not say who made it. */
const MachineOrigin = Type.Object({
  standard: Type.Literal("ISO 15143-3"),
  sourceId: Type.String(),
  maker: Type.Union([Type.String(), Type.Null()]),
});

export const MachineRow = Type.Object(
  {
    machineId: MachineId,
    plan: Type.String({ description: "the service plan that explains the machine" }),
    origin: Type.Union([MachineOrigin, Type.Null()], {
      description: "null for a machine with a gateway; else whose server it is read from",
    }),
    title: Type.String({
      description: "what people call it; the machine id when nothing else is known",
    }),
    planTitle: Type.Union([BothLanguages, Type.Null()], { description: "machine type" }),
    health: Type.Union([Type.Number({ minimum: 0, maximum: 100 }), Type.Literal("unknown")], {
      description: "health index 0-100; unknown without data",
    }),
    healthStatus: OneOf(healthWords, "the index in one word"),
    lastContact: MaybeInstant,
    online: Type.Boolean({ description: "its gateway's session is open" }),
    silence: Type.Union([Silence, Type.Null()], {
      description: "null: it was heard within 15 minutes, or never",
    }),
    gateway: OneOf(
      ["ok", "degraded", "unknown"],
      "of its gateway's buses, storage, clock and certificate; unknown: it never told",
    ),
    openTickets: Type.Integer({
      minimum: 0,
      description: "open work: inspections and repairs; their parts tickets are not counted",
    }),
    topTicket: Type.Union(
      [Type.Object({ ticketId: TicketId, title: BothLanguages }), Type.Null()],
      { description: "the most urgent of them, the oldest among equals" },
    ),
    activeCodes: Type.Integer({ minimum: 0, description: "active trouble codes" }),
    activeFindings: Type.Integer({ minimum: 0 }),
    faultyRules: Type.Optional(
      Type.Array(
        Type.Object({
          ruleId: Type.String({ description: "of its plan; derived signals as `derived <name>`" }),
          message: Type.String({ description: "what went wrong, as the program says it" }),
        }),
        { description: "rules switched off for this machine because they failed; absent: none" },
      ),
    ),
    onTrial: Type.Optional(
      Type.Array(
        Type.Object({
          ruleId: Type.String({ description: "of its plan, or `default-<signal>`" }),
          signal: Type.String(),
          since: Type.String({ description: "ISO 8601 UTC" }),
          isNovel: Type.Boolean({ description: "true: the signal does what it never did" }),
        }),
        { description: "what rules in shadow mode see now: no tickets; absent: nothing" },
      ),
    ),
  },
  { title: "Machine" },
);

export const SignalNow = Type.Object({
  name: Type.String({ description: "the plan's name of the signal" }),
  title: BothLanguages,
  unit: Type.String(),
  value: Type.Union([Type.Number(), Type.Null()], {
    description: "null unless the quality is good",
  }),
  quality: OneOf(qualityNames),
  t: Type.Union([Type.String(), Type.Null()], {
    description: "ISO 8601 UTC with nanoseconds, machine time; null when never seen",
  }),
  ageSeconds: Type.Union([Type.Number(), Type.Null()], {
    description: "hub time now minus t; null when never seen",
  }),
  staleAfterSeconds: Type.Number({
    description: "beyond this age the value is old: the signal is sent more often than that",
  }),
  decimals: Type.Integer({
    minimum: 0,
    description: "digits after the point that the plan's scale resolves; 2 without a plan",
  }),
  spn: Type.Optional(Type.Integer()),
  sa: Type.Optional(Type.Integer({ description: "J1939 source address" })),
  derivedFrom: Type.Optional(
    Type.Array(Type.String(), {
      description:
        "present: the plan derives it from these; it is not stored and has no value here",
    }),
  ),
});

export const Series = Type.Object({
  t: Type.Array(Type.String(), { description: "ISO 8601 UTC with nanoseconds, ascending" }),
  value: Type.Array(Type.Union([Type.Number(), Type.Null()]), {
    description: "null unless the quality is good",
  }),
  quality: Type.Array(OneOf(qualityNames)),
  gaps: Type.Array(Type.Object({ from: Instant, to: Instant }), {
    description:
      "between two samples lies more time than the signal may be silent; the first thousand",
  }),
  bad: Type.Array(
    Type.Object({ from: Instant, to: Instant, samples: Type.Integer({ minimum: 1 }) }),
    { description: "stretches with samples whose quality is not good; the first thousand" },
  ),
  bucketSeconds: Type.Union([Type.Number(), Type.Null()], {
    description: "width of the stretches that were reduced; null: these are the samples",
  }),
});

const MaybeNumbers = Type.Array(Type.Union([Type.Number(), Type.Null()]), {
  description: "null where nothing was good",
});
const Counts = (description: string) => Type.Array(Type.Integer({ minimum: 0 }), { description });

/** Columns, one entry for each stretch of time that has samples. */
const sums = {
  min: MaybeNumbers,
  max: MaybeNumbers,
  mean: MaybeNumbers,
  first: MaybeNumbers,
  last: MaybeNumbers,
  count: Counts("good samples"),
  errors: Counts("samples whose quality is not good"),
};

export const Aggregates = Type.Object({
  signal: Type.String(),
  bucketSeconds: Type.Number(),
  t: Type.Array(Instant, { description: "start of each stretch" }),
  ...sums,
});

export const LocalDays = Type.Object({
  signal: Type.String(),
  day: Type.Array(Type.String(), { description: "the local day, `2027-03-28`" }),
  t: Type.Array(Instant, { description: "when it began, UTC" }),
  hours: Type.Array(Type.Number(), { description: "how long it was" }),
  ...sums,
});
export type LocalDays = Static<typeof LocalDays>;

export const FleetHoursRow = Type.Object({
  machineId: Type.String(),
  t: Type.Array(Instant, { description: "start of each hour" }),
  min: MaybeNumbers,
  max: MaybeNumbers,
  mean: MaybeNumbers,
  count: Counts("good samples"),
  errors: Counts("samples whose quality is not good"),
});
export type FleetHoursRow = Static<typeof FleetHoursRow>;

export const FleetLatestRow = Type.Object({
  machineId: Type.String(),
  signals: Type.Array(
    Type.Object({
      name: Type.String(),
      unit: Type.String(),
      spn: Type.Optional(Type.Integer()),
      sa: Type.Optional(Type.Integer()),
      value: Type.Union([Type.Number(), Type.Null()]),
      quality: OneOf(qualityNames),
      t: Instant,
    }),
  ),
});

export const Ledger = Type.Object(
  Object.fromEntries(
    (
      ["produced", "suppressed", "stored", "journalled", "spooled", "quarantined", "lost"] as const
    ).map((name) => [name, Type.Integer({ minimum: 0, description: `samples ${name}` })]),
  ) as Record<keyof LedgerCounts, ReturnType<typeof Type.Integer>>,
  { description: "produced = stored + journalled + spooled + quarantined + lost" },
);

const Samples = Type.Integer({ minimum: 0 });
export const LedgerHour = Type.Object(
  {
    hour: Type.String({ description: "start of the UTC hour, ISO 8601" }),
    produced: Samples,
    stored: Samples,
    journalled: Samples,
    quarantined: Samples,
    lost: Samples,
    lostBy: Type.Record(Type.String(), Samples, {
      description: "of the lost ones, by reason: spool-full, not-on-gateway, …",
    }),
  },
  {
    title: "LedgerHour",
    description:
      "produced = stored + journalled + quarantined + lost; what is still spooled has no hour yet",
  },
);
export type LedgerHour = Static<typeof LedgerHour>;

/** Samples of one machine, counted from bus to store. */
export interface LedgerCounts {
  readonly produced: number;
  readonly suppressed: number;
  readonly stored: number;
  readonly journalled: number;
  readonly spooled: number;
  readonly quarantined: number;
  readonly lost: number;
}

export const TroubleCode = Type.Object({
  state: OneOf(
    ["active", "pending", "previously-active", "gone", "unknown"],
    "unknown: it was active, and its control unit fell silent",
  ),
  network: Type.Optional(
    Type.Integer({
      minimum: 1,
      description: "another network; from 128 on `sa` is a CANopen node and `spn` its error code",
    }),
  ),
  sa: Type.Integer({ description: "source address that says so" }),
  spn: Type.Integer(),
  fmi: Type.Integer(),
  oc: Type.Union([Type.Integer(), Type.Null()], { description: "occurrence count as sent" }),
  lamps: Lamps,
  since: MaybeInstant,
  lastSeen: MaybeInstant,
  title: Type.Union([BothLanguages, Type.Null()], {
    description: "failure mode of the plan; null when uncatalogued",
  }),
});

export const Alarm = Type.Object({
  kind: Type.String({
    description:
      "such as `cloned-gateway`; `silent-<cause>` of silent machines, `silence-tickets-wait`",
  }),
  gatewayId: Type.Union([Type.String(), Type.Null()], { description: "null: of several" }),
  machineId: Type.Union([Type.String(), Type.Null()]),
  site: Type.Optional(
    Type.Union([Type.Object({ siteId: Type.String(), name: Type.String() }), Type.Null()], {
      description: "of silent machines: where they work",
    }),
  ),
  machines: Type.Optional(
    Type.Integer({ minimum: 1, description: "how many are silent, or wait" }),
  ),
  detail: Type.Optional(Type.String({ description: "such as the reason of a refusal" })),
  firstAt: Instant,
  lastAt: Instant,
  count: Type.Integer({ minimum: 1, description: "times since the hub started" }),
});
export type Alarm = Static<typeof Alarm>;

export const RefusalRow = Type.Object({
  what: Type.String({ description: "such as `publish-topic` or `bad-credentials`" }),
  who: Type.String({ description: "client id as claimed; not proven where it was not let in" }),
  remote: Type.String({ description: "address it came from" }),
  detail: Type.String({ description: "topic, size or the like" }),
  firstAt: Instant,
  lastAt: Instant,
  count: Type.Integer({ minimum: 1 }),
});
export type RefusalRow = Static<typeof RefusalRow>;

export const LinkState = Type.Object({
  known: Type.Integer({ description: "gateways heard since the hub started" }),
  online: Type.Integer(),
  reconnecting: Type.Integer({ description: "lost within the last ten minutes, not back yet" }),
  hubClock: Type.Object({
    offSeconds: Type.Union([Type.Number(), Type.Null()], {
      description: "hub minus gateways with NTP or satellites, the median; null: none can say",
    }),
    gateways: Type.Integer({ description: "how many said" }),
    isOff: Type.Boolean({ description: "more than a message may take, 10 s" }),
  }),
});
export type LinkState = Static<typeof LinkState>;

export const GatewayRow = Type.Object({
  gatewayId: Type.String(),
  machines: Type.Array(Type.String(), { description: "machines it may speak for" }),
  enrolledAt: Type.String({ description: "ISO 8601" }),
  isOnline: Type.Boolean({ description: "connected to the embedded broker now" }),
  hasPassword: Type.Boolean(),
  serialNumber: Type.Union([Type.String(), Type.Null()], { description: "of its device" }),
  certificateEndsAt: Type.Union([Type.String(), Type.Null()], {
    description: "ISO 8601; null: it has none",
  }),
  certificateDaysLeft: Type.Union([Type.Integer(), Type.Null()]),
  revoked: Type.Union([Type.Object({ at: Type.String(), by: Type.String() }), Type.Null()]),
});
export type GatewayRow = Static<typeof GatewayRow>;

export const QuarantineItem = Type.Object({
  id: Type.String(),
  at: Instant,
  topic: Type.String({ description: "where it came from, as received" }),
  reason: Type.String(),
  bytes: Type.Integer({ minimum: 0, description: "size of what arrived" }),
  gatewayId: Type.Union([Type.String(), Type.Null()]),
  machineId: Type.Union([Type.String(), Type.Null()]),
  samples: Type.Integer({
    minimum: 0,
    description: "as its header says; 0 where that is unreadable",
  }),
  state: OneOf(quarantineStates, "released: tried again and taken; known: the hub has it already"),
});

export const QuarantineFilter = {
  reason: Type.Optional(Type.String({ maxLength: 100 })),
  gateway: Type.Optional(Type.String({ maxLength: 200 })),
  machine: Type.Optional(Type.String({ maxLength: 200 })),
  state: Type.Optional(OneOf(quarantineStates)),
};

export const ErrorReply = Type.Object(
  {
    code: Type.String({ description: "stable; branch on this" }),
    message: Type.String({ description: "for people; may change" }),
    where: Type.Optional(Type.String({ description: "the field or parameter at fault" })),
  },
  { title: "Error" },
);

export type MachineRow = Static<typeof MachineRow>;
export type SignalNow = Static<typeof SignalNow>;
export type Series = Static<typeof Series>;
export type TroubleCode = Static<typeof TroubleCode>;
export type QuarantineItem = Static<typeof QuarantineItem>;
export type ErrorReply = Static<typeof ErrorReply>;
export type BothLanguages = Static<typeof BothLanguages>;
