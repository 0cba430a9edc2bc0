import type { SyncAnswer, SyncCommand } from "@firebreak/tickets/field/field-command.ts";
import type { ReportContent } from "@firebreak/tickets/field/service-report.ts";
import type { SiteSurvey } from "@firebreak/tickets/field/site-survey.ts";
import type { SmartWorkOrder } from "@firebreak/tickets/field/work-order.ts";

export type { ChecklistAnswer, ChecklistStep } from "@firebreak/tickets/field/checklist.ts";
export type { SyncAnswer, SyncReply } from "@firebreak/tickets/field/field-command.ts";
export type { MyWorkItem } from "@firebreak/tickets/field/field-desk.ts";
export type { Media } from "@firebreak/tickets/field/media.ts";
export type {
  Attempt,
  PartUsed,
  ReportContent,
  ServiceReport,
} from "@firebreak/tickets/field/service-report.ts";
export type { SiteSurvey } from "@firebreak/tickets/field/site-survey.ts";
export type { DrawnSeries, SmartWorkOrder } from "@firebreak/tickets/field/work-order.ts";

export type StepType = SyncCommand["type"];

/** What an engineer did, waiting on the phone until the server has answered. */
export interface Step {
  /** The order of recording; one that is corrected keeps its place. */
  readonly seq: number;
  /** Whose it is: nobody else's login sends it. */
  readonly user: string;
  readonly commandId: string;
  readonly ticketId: string;
  readonly type: StepType;
  /** As the interface wants it, save that photos are named `photo:<localId>` until they have an id. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The phone's clock, ISO. */
  readonly at: string;
  /** The phone's stopwatch then; worth something only while the same stopwatch runs. */
  readonly watch: { readonly id: string; readonly ms: number };
  readonly status: "waiting" | "done" | "already" | "refused";
  /** Times it was sent. */
  readonly tries: number;
  readonly answer?: Pick<SyncAnswer, "code" | "message" | "whatToDo">;
  readonly answeredAt?: string;
  /** The work order on the phone shows what it did. */
  readonly isInOrder?: boolean;
}

export type NewStep = Pick<Step, "ticketId" | "type" | "body">;

/** A picture on the phone; the bytes go once the server has them. */
export interface Photo {
  readonly localId: string;
  readonly user: string;
  readonly ticketId: string;
  readonly kind: "photo" | "video" | "signature";
  readonly purpose: "site" | "report" | "checklist" | "survey" | "signature";
  readonly at: string;
  readonly blob?: Blob;
  readonly mediaId?: string;
  /** The server will not have it: why. */
  readonly refusedCode?: string;
}

/** A work order on the phone. */
export interface HeldOrder {
  readonly user: string;
  readonly ticketId: string;
  readonly etag: string;
  readonly order: SmartWorkOrder;
  readonly fetchedAt: string;
  /** False: somebody else's by now, kept because something here is still unsent. */
  readonly isMine: boolean;
  /** What is due first on top. */
  readonly rank: number;
}

/** What is being written, keystroke by keystroke; one per ticket. */
export interface Draft {
  readonly user: string;
  readonly ticketId: string;
  /** The visit that the report is of. */
  readonly visitKey: string;
  readonly content?: ReportContent;
  readonly survey?: SiteSurvey;
  /** Attempt that is not told to its end. */
  readonly attempt?: Readonly<Record<string, string>>;
  /** The report has words that no step holds yet. */
  readonly isUnsent?: boolean;
  readonly savedAt: string;
}
