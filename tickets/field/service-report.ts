import { type Static, Type } from "typebox";
import { closed, Instant, literals, TicketId } from "../vocabulary.ts";
import { SiteSurvey } from "./site-survey.ts";

const Words = Type.String({ maxLength: 4000 });
const Id = Type.String({ minLength: 1, maxLength: 100 });

export const reportTypes = ["repair", "inspection", "maintenance", "remote"] as const;
export const attemptResults = ["fixed", "not_fixed", "awaiting_parts", "no_fault_found"] as const;
export type AttemptResult = (typeof attemptResults)[number];

/** One round of judging and handling (故障判断 → 处理过程 → 处理结果). */
export const Attempt = Type.Object(
  {
    judgement: Type.String({ minLength: 1, maxLength: 2000 }),
    handling: Type.String({ minLength: 1, maxLength: 2000 }),
    result: literals(attemptResults),
    supportedBy: Type.Optional(
      Type.String({ minLength: 1, maxLength: 100, description: "engineer who was asked" }),
    ),
  },
  closed,
);
export type Attempt = Static<typeof Attempt>;

export const responsibilities = [
  "manufacturer",
  "operator",
  "customer_site",
  "supplier",
  "other",
] as const;

export const RootCause = Type.Object(
  {
    faultCode: Type.String({
      minLength: 1,
      maxLength: 100,
      description: "failure mode of the plan",
    }),
    causeId: Type.String({ minLength: 1, maxLength: 100, description: "cause of it, or `other`" }),
    responsibility: Type.Enum(responsibilities),
  },
  closed,
);

export const PartUsed = Type.Object(
  {
    partNo: Id,
    quantity: Type.Integer({ minimum: 1, maximum: 1000 }),
    /** Where it was fitted; wear counters and baselines of the position begin again. */
    position: Type.Optional(Id),
    serialIn: Type.Optional(Id),
    serialOut: Type.Optional(Id),
    loanId: Type.Optional(Id),
    /** The old part goes back (三包旧件). */
    oldPartReturned: Type.Optional(Type.Boolean()),
  },
  closed,
);
export type PartUsed = Static<typeof PartUsed>;

export const MeasuredWear = Type.Object(
  {
    position: Id,
    /** 100 is new, 0 is at its limit. */
    remainingLifePct: Type.Number({ minimum: 0, maximum: 100 }),
    measured: Type.Optional(Type.Number()),
    unit: Type.Optional(Type.String({ maxLength: 20 })),
    note: Type.Optional(Type.String({ maxLength: 500 })),
  },
  closed,
);
export type MeasuredWear = Static<typeof MeasuredWear>;

export const CustomerConfirmation = Type.Object(
  {
    /** A `people` row: names are erasable. */
    personId: Type.Optional(Id),
    at: Instant,
    mode: Type.Enum(["signature", "phone", "absent"]),
    signatureMediaId: Type.Optional(Id),
    note: Type.Optional(Type.String({ maxLength: 500 })),
  },
  closed,
);

const MediaIds = Type.Array(Id, { maxItems: 100, uniqueItems: true });

/** What the engineer writes. A draft may lack what `submitProblems` asks for. */
export const ReportContent = Type.Object(
  {
    type: Type.Enum(reportTypes),
    arrivedAt: Type.Optional(Instant),
    startedAt: Type.Optional(Instant),
    finishedAt: Type.Optional(Instant),
    preFaultOperation: Words,
    postFaultOperation: Words,
    symptom: Words,
    procedureLog: Words,
    attempts: Type.Array(Attempt, { maxItems: 50 }),
    rootCause: Type.Optional(RootCause),
    solution: Words,
    preventionAdvice: Words,
    partsUsed: Type.Array(PartUsed, { maxItems: 100 }),
    measuredWear: Type.Array(MeasuredWear, { maxItems: 100 }),
    fullMachineCheck: Type.Boolean({ description: "the whole machine was checked (整机检查)" }),
    machineStateNormal: Type.Boolean(),
    operatorBriefed: Type.Boolean(),
    warrantyFormNo: Type.Optional(Id),
    photos: MediaIds,
    customerConfirmation: Type.Optional(CustomerConfirmation),
    labourHours: Type.Number({ minimum: 0, maximum: 1000 }),
    travelKm: Type.Number({ minimum: 0, maximum: 20_000 }),
    siteSurvey: Type.Optional(SiteSurvey),
    representative: Type.Optional(Id),
  },
  closed,
);
export type ReportContent = Static<typeof ReportContent>;

export const reportStates = ["draft", "submitted", "archived"] as const;

export const ServiceReport = Type.Object(
  {
    reportId: Type.String({ minLength: 1 }),
    revision: Type.Integer({ minimum: 1 }),
    ticketId: TicketId,
    visitNo: Type.Integer({ minimum: 0, description: "0: nobody drove out" }),
    engineerId: Type.String({ minLength: 1 }),
    state: literals(reportStates),
    at: Instant,
    /** Machine time that evidence and verification look at. */
    telemetryWindows: Type.Array(Type.Object({ from: Instant, to: Instant }, closed)),
    content: ReportContent,
  },
  closed,
);
export type ServiceReport = Static<typeof ServiceReport>;
