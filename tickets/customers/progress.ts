import { type Static, Type } from "typebox";
import { arrivalEstimateOf } from "../arrival-estimate.ts";
import type { Reader } from "../organisation/file-store.ts";
import { loadPeople } from "../organisation/people.ts";
import type { Ticket } from "../ticket.ts";
import { loadTicket } from "../ticket-store.ts";
import {
  closed,
  Instant,
  literals,
  stageOf,
  type TicketState,
  ticketStages,
} from "../vocabulary.ts";
import { codeHash, isCode } from "./codes.ts";
import { customersConfig } from "./customers-config.ts";
import { findReport, tablesOf } from "./report-store.ts";

/** TK-8: all that a code reveals. */
export const Progress = Type.Object(
  {
    stage: literals(ticketStages),
    arrivalAt: Type.Optional(
      Type.String({ description: "when the engineer is expected, ISO 8601 UTC" }),
    ),
    engineer: Type.Optional(Type.String({ description: "first name" })),
    since: Instant,
  },
  closed,
);
export type Progress = Static<typeof Progress>;

/** What a code opens; undefined for every code that opens nothing, whatever the reason. */
export async function progressOf(
  reader: Reader,
  code: string,
  nowMs: number,
): Promise<Progress | undefined> {
  const subject = await subjectOf(reader, code);
  if (!subject) return undefined;
  if (!subject.ticketId) return { stage: "report", since: subject.at };
  const ticket = await rootOf(reader, subject.ticketId);
  if (!ticket || isOver(ticket, nowMs)) return undefined;
  const arrivalAt = arrivalEstimateOf(ticket);
  const engineer = await firstNameOf(reader, ticket);
  return {
    stage: ticket.stage,
    since: stageSince(ticket),
    ...(arrivalAt === undefined ? {} : { arrivalAt }),
    ...(engineer === undefined ? {} : { engineer }),
  };
}

export interface CodeSubject {
  readonly ticketId: string | undefined;
  readonly reportId: string | undefined;
  readonly at: string;
}

/** A report's code leads to its ticket as soon as there is one. */
export async function subjectOf(reader: Reader, code: string): Promise<CodeSubject | undefined> {
  if (!isCode(code)) return undefined;
  const row = await tablesOf(reader)
    .selectFrom("progress_codes")
    .select(["ticket_id", "report_id"])
    .where("code_hash", "=", codeHash(code))
    .executeTakeFirst();
  if (!row) return undefined;
  if (row.ticket_id !== null)
    return { ticketId: row.ticket_id, reportId: row.report_id ?? undefined, at: "" };
  const report = row.report_id === null ? undefined : await findReport(reader, row.report_id);
  // Nobody follows a report that was put aside.
  if (!report || report.state === "dismissed") return undefined;
  return { ticketId: report.ticketId, reportId: report.reportId, at: report.at };
}

/** A merged ticket is followed to the one that took it in; merges make no chains (TK-6), but loops are not trusted. */
async function rootOf(reader: Reader, ticketId: string): Promise<Ticket | undefined> {
  let ticket = (await loadTicket(reader, ticketId))?.ticket;
  for (let steps = 0; ticket?.mergedInto !== undefined && steps < 10; steps++)
    ticket = (await loadTicket(reader, ticket.mergedInto))?.ticket;
  return ticket;
}

const isOver = ({ closedAt }: Ticket, nowMs: number): boolean =>
  closedAt !== undefined && nowMs > Date.parse(closedAt) + customersConfig.progressAfterCloseMs;

/** Only while somebody is on the case. */
async function firstNameOf(reader: Reader, ticket: Ticket): Promise<string | undefined> {
  const { assignment, stage } = ticket;
  if (!assignment || stage !== "handle") return undefined;
  const people = await loadPeople(reader, [assignment.engineerId]);
  return people.get(assignment.engineerId)?.firstName;
}

/** When the present stage began: the first event after the last one of another stage. */
function stageSince({ timeline, createdAt, stage }: Ticket): string {
  const changes = timeline.flatMap(({ type, at }) => {
    const state = stateAfter[type];
    return state === undefined ? [] : [{ at, stage: stageOf[state] }];
  });
  const begun = changes.findLastIndex((change) => change.stage !== stage);
  return changes[begun + 1]?.at ?? createdAt;
}

/** Events that begin a stage; those that stay within one are of no interest to a customer. */
const stateAfter: Readonly<Record<string, TicketState>> = {
  opened: "new",
  acknowledged: "acknowledged",
  assigned: "assigned",
  "remote-started": "remote_support",
  "remote-fixed": "work_done",
  finished: "work_done",
  "not-fixed": "assigned",
  "verification-failed": "assigned",
  "verification-passed": "follow_up",
  "verification-confirmed": "follow_up",
  "verification-not-applicable": "follow_up",
  reopened: "assigned",
  closed: "closed",
  cancelled: "cancelled",
};
