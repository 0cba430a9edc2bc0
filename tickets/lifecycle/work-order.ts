import type { Evidence } from "../evidence.ts";
import type { SlaClock } from "../sla/sla-clock.ts";
import type { CandidateFault, PredictedPart, TicketFacts } from "../ticket-facts.ts";
import type { Outcome, Priority } from "../vocabulary.ts";
import type {
  Assignment,
  Attempt,
  Consult,
  HoldReason,
  MissingPart,
  Reason,
  ResolutionMode,
} from "./work-shapes.ts";

interface FindingRef {
  readonly findingId: string;
  /** ISO instant of the machine's own clock. */
  readonly machineAt: string;
}

/** What machines and customers say, and how tickets are put together. */
export type ReportingOrder =
  | {
      readonly type: "open";
      readonly facts: TicketFacts;
      readonly evidence: readonly Evidence[];
      /** Absent: no machine opened it. */
      readonly findingId?: string;
      readonly machineAt?: string;
      readonly report?: CustomerReport;
    }
  | ({
      readonly type: "observe";
      readonly evidence: readonly Evidence[];
      readonly isOccurrence: boolean;
      readonly priority: Priority;
    } & FindingRef)
  | ({
      readonly type: "note-cleared";
      readonly cause?: "rule_changed" | "machine_moved" | "repaired" | "reset" | "sensor_fault";
    } & FindingRef)
  /** The condition is over, the finding stays until a person resets it. */
  | ({ readonly type: "note-returned" } & FindingRef)
  | {
      readonly type: "note-flapping";
      readonly onsetCount: number;
      readonly totalCount?: number;
    }
  | { readonly type: "attach-report"; readonly report: CustomerReport }
  /** The other half of `merge`: what the merged ticket brings along. */
  | {
      readonly type: "absorb";
      readonly ticketId: string;
      readonly occurrenceCount: number;
      readonly evidence: readonly Evidence[];
      readonly activeFindings?: readonly string[];
      readonly clocks: readonly SlaClock[];
      readonly why: "stronger_need" | "storm" | "same_problem" | "by_person";
    }
  | {
      readonly type: "rank-candidates";
      readonly candidateFaults: readonly CandidateFault[];
      readonly predictedParts: readonly PredictedPart[];
    }
  /** `root`: the target itself; it must not have been merged, and be of the same machine (TK-6). */
  | {
      readonly type: "merge";
      readonly into: string;
      readonly root?: { readonly state: string; readonly machineId?: string };
    };

export interface CustomerReport {
  readonly channel: string;
  readonly reportId?: string;
  readonly text?: string;
  readonly customerId?: string;
}

/** From the opening to the engineer who goes. */
export type DispatchOrder =
  | { readonly type: "release" }
  | { readonly type: "acknowledge"; readonly note?: string }
  | {
      readonly type: "assign";
      /** Without its time: that is the command's. */
      readonly assignment: Omit<Assignment, "at" | "acceptBy" | "acceptedAt">;
    }
  | { readonly type: "accept" }
  | { readonly type: "reject"; readonly reason: string }
  | { readonly type: "withdraw"; readonly reason: string }
  | { readonly type: "time-out-acceptance" }
  /** Nobody may or can go. */
  | { readonly type: "note-nobody"; readonly why: readonly Reason[] }
  | { readonly type: "start-remote"; readonly contact: string }
  | {
      readonly type: "remote-fixed";
      readonly mode: ResolutionMode;
      readonly note: string;
    }
  | {
      readonly type: "remote-failed";
      readonly note: string;
      readonly predictedParts: readonly PredictedPart[];
    }
  | { readonly type: "change-owner"; readonly ownerId: string }
  | { readonly type: "note"; readonly note: string }
  | { readonly type: "lower-priority"; readonly priority: Priority; readonly reason: string }
  | {
      readonly type: "reschedule";
      readonly dueWindow: { readonly from: string; readonly to: string };
      readonly reason?: string;
    }
  | { readonly type: "share-visit"; readonly visitId: string };

/** What the engineer does. */
export type FieldOrder =
  | { readonly type: "depart"; readonly missingParts?: readonly string[] }
  | {
      readonly type: "arrive";
      /** From the machine; absent: not known. */
      readonly distanceKm?: number;
      readonly reason?: string;
      /** When, if it is told only now and may be believed, ISO; counts for who was near the machine. */
      readonly claimedAt?: string;
    }
  | {
      readonly type: "start-work";
      /** Power cut, area secured: every step of the safety checklist. */
      readonly isSafetyChecked: boolean;
      readonly photoIds?: readonly string[];
    }
  | { readonly type: "consult"; readonly consult: Consult }
  | {
      readonly type: "miss-parts";
      readonly lines: readonly MissingPart[];
      readonly leavesSite: boolean;
      readonly note?: string;
    }
  | { readonly type: "leave-site"; readonly note?: string }
  | { readonly type: "parts-ready" }
  | {
      readonly type: "hold";
      readonly reason: HoldReason;
      readonly note?: string;
      readonly until?: string;
    }
  | { readonly type: "remind-hold" }
  | { readonly type: "resume"; readonly note?: string }
  | { readonly type: "receive-in-workshop"; readonly isInWarranty: boolean }
  | { readonly type: "request-loaner" }
  | {
      readonly type: "finish";
      readonly attempts: readonly Attempt[];
      readonly isMachineChecked: boolean;
      /** Inspections: every step of the checklist has an answer, and the site survey is there. */
      readonly inspection?: {
        readonly isAnswered: boolean;
        readonly isSurveyed: boolean;
        readonly failedSteps: readonly string[];
      };
      readonly note?: string;
    }
  | {
      readonly type: "not-fixed";
      readonly attempts: readonly Attempt[];
      readonly consult?: Consult;
      readonly note?: string;
    };

/** By telemetry, by a person on the telephone, or there is nothing to prove. */
export interface ProvingOrder {
  readonly type: "verification-passed" | "verification-confirmed" | "verification-not-applicable";
  readonly detail: string;
}

/** Proof that it is fixed, and the way to the end. */
export type ProofOrder =
  | {
      readonly type: "submit-report";
      readonly reportId: string;
      readonly cause: string;
      readonly solution: string;
      readonly preventionAdvice: string;
      readonly faultCode?: string;
      readonly causeId?: string;
    }
  | { readonly type: "verification-inconclusive"; readonly detail: string }
  | ProvingOrder
  | {
      readonly type: "verification-failed";
      readonly detail: string;
      readonly findingId?: string;
    }
  /** `blockers`: parts tickets and loans that are still open (TK-5). */
  | {
      readonly type: "follow-up-done" | "auto-close";
      readonly note: string;
      readonly blockers: readonly string[];
    }
  /** By a dispatcher, without work in the field. */
  | { readonly type: "close"; readonly outcome: Outcome; readonly note: string }
  | {
      readonly type: "reopen";
      readonly cause: "recurrence" | "customer";
      readonly reason: string;
      readonly findingId?: string;
    }
  /** Why it cannot close by itself. */
  | { readonly type: "note-blocked"; readonly blockers: readonly string[] }
  /** Notes how far the clocks have run. */
  | { readonly type: "advance-clocks" };

/** What somebody, or a finding, wants of an inspection or a repair. */
export type WorkOrder = ReportingOrder | DispatchOrder | FieldOrder | ProofOrder;
