import type { FeedbackContent } from "@firebreak/tickets/customers/feedback.ts";
import type { Priority } from "@firebreak/tickets/vocabulary.ts";

/** How far a ticket of the demonstration has come. */
export type DemoStage =
  | "new"
  | "acknowledged"
  | "remote"
  | "assigned"
  | "accepted"
  | "en-route"
  | "working"
  | "waiting-parts"
  | "on-hold"
  | "verifying"
  | "follow-up"
  | "closed"
  | "cancelled";

export interface DemoTicket {
  /** Part of the ids of its commands. */
  readonly key: string;
  readonly machineId: string;
  /** Approved failure mode of the machine's plan; absent: `title` says what is to be done. */
  readonly fault?: string;
  readonly title?: string;
  /** As it was told. */
  readonly about: string;
  readonly kind?: "inspection" | "repair";
  readonly priority?: Priority;
  readonly stage: DemoStage;
  /** When it came to its stage, hours before the first start. */
  readonly hoursAgo: number;
  /** What the customer saw, when it was the customer who called. */
  readonly reported?: { readonly symptom: string; readonly stopped: boolean };
  readonly missing?: readonly { readonly partNo: string; readonly quantity: number }[];
  readonly work?: DemoWork;
  readonly rating?: FeedbackContent;
}

/** What the engineer found and did, for the report. */
export interface DemoWork {
  readonly symptom: string;
  readonly judgement: string;
  readonly handling: string;
  readonly advice: string;
  readonly cause?: string;
  readonly foundNothing?: boolean;
  readonly hours: number;
}
