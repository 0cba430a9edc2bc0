import { Type } from "typebox";
import { eventOf, Note } from "./event-shape.ts";
import { Evidence } from "./evidence.ts";
import {
  Assignment,
  Attempt,
  Consult,
  holdReasons,
  MissingPart,
  Reason,
  resolutionModes,
} from "./lifecycle/work-shapes.ts";
import { reachedLevels } from "./sla/sla-clock.ts";
import { CandidateFault, PredictedPart } from "./ticket-facts.ts";
import { Instant, literals, outcomes, priorities, TicketId } from "./vocabulary.ts";

const FindingRef = { findingId: Type.String({ minLength: 1 }), machineAt: Instant };
const Id = Type.String({ minLength: 1 });
const MayNote = Type.Optional(Note);
const Attempts = Type.Array(Attempt, { minItems: 1, description: "in the order they were made" });

/** What machines and customers say, and how tickets are put together. */
const reporting = [
  eventOf("evidence-added", {
    ...FindingRef,
    evidence: Type.Array(Evidence),
    isOccurrence: Type.Boolean({ description: "a new onset: counts as an occurrence" }),
  }),
  eventOf("finding-cleared", {
    ...FindingRef,
    cause: Type.Optional(
      literals(["rule_changed", "machine_moved", "repaired", "reset", "sensor_fault"]),
    ),
  }),
  eventOf("returned-to-normal", {
    findingId: Type.String({
      minLength: 1,
      description: "its condition is over; latched: it stays active until a person resets it",
    }),
    machineAt: Instant,
  }),
  eventOf("flapping-noted", {
    onsetCount: Type.Integer({ minimum: 1, description: "onsets within one minute" }),
    totalCount: Type.Optional(
      Type.Integer({ minimum: 1, description: "crossings of the limit in all, of a signal" }),
    ),
  }),
  eventOf("customer-reported", {
    reportId: Type.Optional(Id),
    channel: Type.String(),
    text: MayNote,
    customerId: Type.Optional(Id),
  }),
  eventOf("absorbed", {
    ticketId: TicketId,
    occurrenceCount: Type.Integer({ minimum: 0 }),
    evidence: Type.Array(Evidence),
    activeFindings: Type.Optional(Type.Array(Id)),
    why: literals(["stronger_need", "storm", "same_problem", "by_person"]),
  }),
  eventOf("candidates-ranked", {
    candidateFaults: Type.Array(CandidateFault),
    predictedParts: Type.Array(PredictedPart),
  }),
] as const;

/** From the opening to the engineer who goes. */
const dispatching = [
  eventOf("released", {}),
  eventOf("acknowledged", { note: MayNote }),
  eventOf("assigned", { assignment: Assignment }),
  eventOf("assignment-accepted", { engineerId: Id }),
  eventOf("assignment-rejected", {
    engineerId: Id,
    cause: literals(["rejected", "timeout", "withdrawn"]),
    reason: MayNote,
  }),
  eventOf("nobody-found", { why: Type.Array(Reason) }),
  eventOf("remote-started", { contact: Note }),
  eventOf("remote-fixed", { mode: literals(resolutionModes), note: Note }),
  eventOf("remote-failed", { note: Note, predictedParts: Type.Array(PredictedPart) }),
  eventOf("owner-changed", { ownerId: Id }),
  eventOf("note-added", { note: Note }),
  eventOf("priority-lowered", {
    from: literals(priorities),
    to: literals(priorities),
    reason: Note,
  }),
  eventOf("rescheduled", {
    dueWindow: Type.Object({ from: Instant, to: Instant }, { additionalProperties: false }),
    reason: MayNote,
  }),
  eventOf("visit-shared", { visitId: Id }),
] as const;

/** What the engineer does. */
const working = [
  eventOf("departed", {
    engineerId: Id,
    missingParts: Type.Array(Id, { description: "part numbers needed and not on board" }),
  }),
  eventOf("arrived", {
    claimedAt: Type.Optional(Instant),
    distanceKm: Type.Optional(Type.Number({ minimum: 0, description: "from the machine" })),
    reason: MayNote,
  }),
  eventOf("work-started", { photoIds: Type.Array(Id) }),
  eventOf("consulted", { consult: Consult }),
  eventOf("parts-missing", {
    lines: Type.Array(MissingPart, { minItems: 1 }),
    leavesSite: Type.Boolean(),
    note: MayNote,
  }),
  eventOf("site-left", { note: MayNote }),
  eventOf("parts-arrived", {}),
  eventOf("held", { reason: literals(holdReasons), note: MayNote, until: Type.Optional(Instant) }),
  eventOf("hold-reminded", {}),
  eventOf("resumed", {
    note: MayNote,
    acceptBy: Type.Optional(
      Type.String({ description: "ISO instant, of whoever has not answered" }),
    ),
  }),
  eventOf("workshop-received", { isInWarranty: Type.Boolean() }),
  eventOf("loaner-requested", {}),
  eventOf("finished", {
    outcome: literals(outcomes),
    attempts: Attempts,
    failedSteps: Type.Array(Id, { description: "checklist steps that were not passed" }),
    note: MayNote,
  }),
  eventOf("not-fixed", { attempts: Attempts, consult: Type.Optional(Consult), note: MayNote }),
] as const;

/** Proof that it is fixed, and the way to the end. */
const proving = [
  eventOf("report-submitted", {
    reportId: Id,
    faultCode: Type.Optional(Id),
    causeId: Type.Optional(Id),
    isWithoutFinding: Type.Boolean({ description: "an inspection that found nothing" }),
  }),
  eventOf("verification-passed", { detail: Note }),
  eventOf("verification-failed", {
    detail: Note,
    findingId: Type.Optional(Id),
    assignment: Type.Optional(Assignment),
  }),
  eventOf("verification-inconclusive", { detail: Note }),
  eventOf("verification-confirmed", { detail: Note }),
  eventOf("verification-not-applicable", { detail: Note }),
  eventOf("reopened", {
    cause: literals(["recurrence", "customer"]),
    reason: Note,
    findingId: Type.Optional(Id),
    assignment: Type.Optional(Assignment),
  }),
  eventOf("close-blocked", {
    blockers: Type.Array(Id, { description: "parts tickets and loans" }),
  }),
  eventOf("clock-levels-reached", {
    clockId: Id,
    levels: Type.Array(literals(reachedLevels), { minItems: 1, description: "lowest first" }),
  }),
] as const;

/** What happens to inspections and repairs alone. */
export const workEvents = [...reporting, ...dispatching, ...working, ...proving] as const;
