import type { I18nText } from "../evidence.ts";
import type { Priority } from "../vocabulary.ts";

export type PlannedTrigger = "calendar" | "service_hours" | "peak_season" | "predicted_failure";

export interface DueWindow {
  /** ISO instants. */
  readonly from: string;
  readonly to: string;
}

/** A ticket that ought to be there. */
export interface TicketProposal {
  /** One for each point, service, peak or life of a part, for ever: never opened a second time. */
  readonly dedupeKey: string;
  readonly machineId: string;
  readonly trigger: PlannedTrigger;
  readonly kind: "inspection";
  readonly priority: Priority;
  readonly dueWindow: DueWindow;
  readonly title: I18nText;
  /** Why, in words with figures. */
  readonly evidence: I18nText;
  readonly component?: string;
  /** Of the plan: what is going to fail. */
  readonly failureMode?: string;
  /** The rule that expects it; absent where it is the use of a part. */
  readonly ruleId?: string;
  readonly checklist?: string;
  readonly standardHours: number;
  /** Asked for together with the ticket. */
  readonly parts: readonly {
    readonly partNo: string;
    readonly quantity: number;
    /** ISO instant. */
    readonly neededBy: string;
  }[];
}

/** A point that needs no ticket of its own: another one does the work. */
export interface CoveredPoint {
  readonly dedupeKey: string;
  readonly machineId: string;
  readonly trigger: PlannedTrigger;
  /** ISO instant. */
  readonly dueTo: string;
  /** Ticket or proposal that does it. */
  readonly by: { readonly ticketId: string } | { readonly dedupeKey: string };
}

/** A point that is dealt with: by a ticket of its own, or along with another. */
export interface HandledPoint {
  readonly dedupeKey: string;
  readonly ticketId: string;
  readonly trigger: PlannedTrigger;
  /** End of the ticket's due window, ISO instant. */
  readonly dueTo: string;
  /** The ticket is not closed, cancelled or merged. */
  readonly isOpen: boolean;
  /** Of the ticket, now. */
  readonly priority?: Priority;
}
