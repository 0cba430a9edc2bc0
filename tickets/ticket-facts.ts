import { Remedy } from "@firebreak/plans/plan-schema.ts";
import { type Static, Type } from "typebox";
import { I18nText } from "./evidence.ts";
import {
  CauseCategory,
  closed,
  Instant,
  literals,
  priorities,
  TicketId,
  ticketKinds,
} from "./vocabulary.ts";

const faultClasses = ["electrical", "mechanical", "hydraulic", "other"] as const;
const tiers = ["exceed", "above", "meet"] as const;

const Cause = Type.Object(
  {
    id: Type.String(),
    text: I18nText,
    category: CauseCategory,
    confidence: Type.Number({ minimum: 0, maximum: 1, description: "share of the field results" }),
    remedy: I18nText,
    remedies: Type.Optional(
      Type.Array(Remedy, { description: "the same step by step; absent on older tickets" }),
    ),
  },
  closed,
);

export const CandidateFault = Type.Object(
  {
    faultCode: Type.String({ description: "failure mode of the plan" }),
    confidence: Type.Number({ minimum: 0, maximum: 1 }),
    title: I18nText,
    symptom: I18nText,
    causes: Type.Array(Cause, { description: "ranked, most likely first" }),
  },
  closed,
);

export const Check = Type.Object(
  { check: I18nText, expected: I18nText, signal: Type.Optional(Type.String()) },
  closed,
);

export const PredictedPart = Type.Object(
  {
    partNo: Type.String({ minLength: 1 }),
    name: Type.Optional(
      Type.Object(I18nText.properties, { ...closed, description: "of the parts master, if known" }),
    ),
    qty: Type.Integer({ minimum: 1 }),
    probability: Type.Number({ minimum: 0, maximum: 1 }),
  },
  closed,
);

/** What a ticket is about; fixed when it opens, except priority and evidence. */
export const ticketFacts = {
  ticketId: TicketId,
  kind: literals(ticketKinds),
  priority: literals(priorities),
  trigger: literals([
    "anomaly",
    "dtc",
    "service_hours",
    "calendar",
    "peak_season",
    "predicted_failure",
    "customer_report",
    "parts_demand",
    "replenishment",
    "verification_failure",
    "machine_silent",
    "manual",
  ]),
  channel: literals(["machine", "web", "app", "hotline", "outlet", "engineer"]),
  serviceType: literals(["emergency", "preventive", "premium"]),
  title: I18nText,
  machineId: Type.Optional(Type.String({ minLength: 1 })),
  customerId: Type.Optional(Type.String()),
  siteId: Type.Optional(Type.String()),
  regionId: Type.String({ description: "region of the station; empty while there is none" }),
  stationId: Type.String({ description: "station in charge; empty while there is none" }),
  planRef: Type.String({ description: "<plan>@<version> that judged" }),
  faultCode: Type.Optional(Type.String({ description: "failure mode, or `uncatalogued`" })),
  component: Type.Optional(Type.String()),
  dedupeKey: Type.String({ minLength: 1 }),
  candidateFaults: Type.Array(CandidateFault),
  checks: Type.Array(Check),
  predictedParts: Type.Array(PredictedPart),
  parentId: Type.Optional(TicketId),
  recurrenceOf: Type.Optional(TicketId),
  billable: Type.Boolean({ description: "false until the warranty is known" }),
  progressCode: Type.String({ minLength: 22, description: "128 random bits" }),
  dueWindow: Type.Optional(Type.Object({ from: Instant, to: Instant }, closed)),
  safetyRelated: Type.Optional(Type.Boolean()),
  /** What dispatch asks for; absent while nobody knows. */
  job: Type.Optional(
    Type.Object(
      {
        faultClass: Type.Optional(literals(faultClasses)),
        skill: Type.Optional(Type.String()),
        standardHours: Type.Number({ exclusiveMinimum: 0 }),
      },
      closed,
    ),
  ),
  productType: Type.Optional(Type.String()),
  tier: Type.Optional(literals(tiers)),
  /** What else the planner or the customer said of it. */
  about: Type.Optional(I18nText),
  checklist: Type.Optional(Type.String({ description: "of the plan; absent: as the plan says" })),
  /** Milliseconds from the machine's stamp of the fault to the opening of the ticket. */
  detectionLagMs: Type.Optional(Type.Integer()),
};

export type CandidateFault = Static<typeof CandidateFault>;
export type Check = Static<typeof Check>;
export type PredictedPart = Static<typeof PredictedPart>;

const TicketFacts = Type.Object(ticketFacts, closed);
export type TicketFacts = Static<typeof TicketFacts>;
