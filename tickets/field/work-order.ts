import { type Static, Type } from "typebox";
import { Evidence, I18nText } from "../evidence.ts";
import { Customer } from "../organisation/customer.ts";
import { InstalledPart, MachineFile } from "../organisation/machine-file.ts";
import { Person } from "../organisation/person.ts";
import { Site } from "../organisation/site.ts";
import { PartsLine } from "../parts/parts-line.ts";
import { PartWithPlaces } from "../parts/stock-views.ts";
import { SlaClock } from "../sla/sla-clock.ts";
import { CandidateFault, Check } from "../ticket-facts.ts";
import {
  closed,
  Instant,
  literals,
  outcomes,
  priorities,
  TicketId,
  ticketKinds,
  ticketStates,
} from "../vocabulary.ts";
import { ChecklistStep, StoredAnswer } from "./checklist.ts";
import { Media } from "./media.ts";
import { ServiceReport } from "./service-report.ts";
import { StoredSurvey } from "./site-survey.ts";

const NumberOrNull = Type.Union([Type.Number(), Type.Null()]);

/** What a signal did around the evidence, thinned for drawing; extremes are kept. */
export const DrawnSeries = Type.Object(
  {
    signal: Type.String(),
    title: I18nText,
    unit: Type.String(),
    from: Instant,
    to: Instant,
    limit: NumberOrNull,
    t: Type.Array(Type.String()),
    min: Type.Array(NumberOrNull),
    max: Type.Array(NumberOrNull),
  },
  closed,
);
export type DrawnSeries = Static<typeof DrawnSeries>;

/** A part that is likely to be needed, and where it could come from. */
export const NeededPart = Type.Object(
  {
    ...PartWithPlaces.properties,
    probability: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  },
  closed,
);
export type NeededPart = Static<typeof NeededPart>;

const PastTicket = Type.Object(
  {
    ticketId: TicketId,
    kind: literals(ticketKinds),
    title: I18nText,
    state: literals(ticketStates),
    createdAt: Instant,
    closedAt: Type.Optional(Instant),
    faultCode: Type.Optional(Type.String()),
    outcome: Type.Optional(literals(outcomes)),
  },
  closed,
);

/** What was found and done about the same fault elsewhere. */
const SimilarCase = Type.Object(
  {
    ticketId: TicketId,
    at: Instant,
    causeId: Type.String(),
    solution: Type.String(),
    partNos: Type.Array(Type.String()),
  },
  closed,
);

const PartInPlace = Type.Object(
  {
    ...InstalledPart.properties,
    title: Type.Optional(I18nText),
    isWearPart: Type.Optional(Type.Boolean()),
    wearLife: Type.Optional(
      Type.Object({ basis: Type.String(), value: Type.Number() }, { additionalProperties: true }),
    ),
  },
  closed,
);

/** All that an engineer needs for one ticket, in one piece that can be printed or taken along (F-13). */
export const SmartWorkOrder = Type.Object(
  {
    ticketId: TicketId,
    version: Type.Integer({ description: "of the ticket" }),
    kind: literals(ticketKinds),
    state: literals(ticketStates),
    priority: literals(priorities),
    title: I18nText,
    createdAt: Instant,
    occurrenceCount: Type.Integer(),
    visits: Type.Integer(),
    dueWindow: Type.Optional(Type.Object({ from: Instant, to: Instant }, closed)),
    engineerId: Type.Optional(Type.String()),
    acceptedAt: Type.Optional(Instant),
    acceptBy: Type.Optional(Instant),
    consultCount: Type.Integer({ description: "times an expert was asked on the visit under way" }),
    clocks: Type.Array(SlaClock),
    evidence: Type.Array(Evidence),
    series: Type.Array(DrawnSeries),
    faults: Type.Array(CandidateFault, { description: "with their causes, most likely first" }),
    checks: Type.Array(Check),
    checklist: Type.Array(ChecklistStep),
    answers: Type.Array(StoredAnswer),
    standardHours: Type.Optional(Type.Number()),
    skill: Type.Optional(Type.String()),
    safety: Type.Array(I18nText),
    parts: Type.Array(NeededPart),
    reserved: Type.Array(PartsLine, { description: "of its parts tickets" }),
    machine: Type.Optional(MachineFile),
    customer: Type.Optional(Customer),
    contacts: Type.Array(Person),
    site: Type.Optional(Site),
    station: Type.Object(
      {
        stationId: Type.String(),
        name: I18nText,
      },
      closed,
    ),
    installedParts: Type.Array(PartInPlace),
    history: Type.Array(PastTicket),
    similar: Type.Array(SimilarCase),
    reports: Type.Array(ServiceReport),
    survey: Type.Optional(StoredSurvey),
    media: Type.Array(Media),
  },
  closed,
);
export type SmartWorkOrder = Static<typeof SmartWorkOrder>;
