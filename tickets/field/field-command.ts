import { type Static, type TSchema, Type } from "typebox";
import { offlineOrders, orderBodies, type PersonOrder } from "../orders/order-bodies.ts";
import { closed, Instant, TicketId } from "../vocabulary.ts";
import { ChecklistAnswer } from "./checklist.ts";
import { fieldConfig } from "./field-config.ts";
import { ReportContent } from "./service-report.ts";
import { SiteSurvey } from "./site-survey.ts";

const Id = Type.String({ minLength: 1, maxLength: 100 });

/** Orders of the ticket's life that an engineer may record on a phone without a line. */
export type OfflineOrder = Extract<PersonOrder, { type: (typeof offlineOrders)[number] }>;

/** What is written down in the field beside them. */
const recordBodies = {
  "answer-checklist": Type.Object(
    { answers: Type.Array(ChecklistAnswer, { minItems: 1, maxItems: 200 }) },
    closed,
  ),
  "save-survey": Type.Object({ survey: SiteSurvey }, closed),
  "save-report": Type.Object({ reportId: Type.Optional(Id), content: ReportContent }, closed),
  "hand-in-report": Type.Object({ reportId: Type.Optional(Id) }, closed),
} as const;
export type RecordName = keyof typeof recordBodies;
export type FieldRecord = {
  [Name in RecordName]: { readonly type: Name } & Readonly<Static<(typeof recordBodies)[Name]>>;
}[RecordName];

export const isRecord = (command: { readonly type: string }): command is FieldRecord =>
  Object.hasOwn(recordBodies, command.type);

const stamp = {
  commandId: Type.String({ minLength: 1, maxLength: 100, description: "of the phone's making" }),
  ticketId: TicketId,
  at: Type.Optional(
    Type.String({ format: "date-time", description: "the phone's clock when it was done" }),
  ),
  elapsedMs: Type.Optional(
    Type.Integer({
      minimum: 0,
      description: "from then to this synchronisation, by the phone's monotonic clock",
    }),
  ),
};

const commandOf = (type: string, body: TSchema) =>
  Type.Object({ ...stamp, type: Type.Literal(type), body }, closed);

/** By name: one command as a phone recorded it: which, of what ticket, when, and what was said with it. */
export const syncCommands: ReadonlyMap<string, TSchema> = new Map([
  ...offlineOrders.map((name) => [name, commandOf(name, orderBodies[name])] as const),
  ...Object.entries(recordBodies).map(([name, body]) => [name, commandOf(name, body)] as const),
]);

export interface SyncCommand {
  readonly commandId: string;
  readonly ticketId: string;
  readonly at?: string;
  readonly elapsedMs?: number;
  readonly type: OfflineOrder["type"] | RecordName;
  readonly body: object;
}

/** Its name and what was said with it, as one order. */
export const orderOf = ({ type, body }: SyncCommand): OfflineOrder | FieldRecord =>
  ({ type, ...body }) as OfflineOrder | FieldRecord;

export const SyncRequest = Type.Object(
  {
    deviceNow: Type.Optional(
      Type.String({ format: "date-time", description: "the phone's clock now" }),
    ),
    /** Each is looked at by itself: one that does not fit keeps no other from being done. */
    commands: Type.Array(Type.Unknown(), { maxItems: fieldConfig.syncCommands }),
  },
  closed,
);

export const syncAdvice = ["retry", "correct", "drop", "call-dispatch"] as const;

export const SyncAnswer = Type.Object(
  {
    commandId: Type.String(),
    status: Type.Enum(["done", "already", "refused"]),
    /** Of the ticket, after it. */
    state: Type.Optional(Type.String()),
    code: Type.Optional(Type.String()),
    message: Type.Optional(Type.String()),
    /**
     * `retry`: send it again later; `correct`: change what is said and send it under a new id; `drop`: it has been
     * overtaken; `call-dispatch`: somebody has to decide.
     */
    whatToDo: Type.Optional(Type.Enum(syncAdvice)),
  },
  closed,
);
export type SyncAnswer = Static<typeof SyncAnswer>;

export const SyncReply = Type.Object(
  { serverNow: Instant, answers: Type.Array(SyncAnswer) },
  closed,
);
export type SyncReply = Static<typeof SyncReply>;
