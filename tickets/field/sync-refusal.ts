import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import type { Ticket } from "../ticket.ts";
import { isOpen, type TicketState } from "../vocabulary.ts";
import type { SyncAnswer, SyncCommand } from "./field-command.ts";

type Refusal = Required<Pick<SyncAnswer, "code" | "message" | "whatToDo">>;

/** What the engineer can put right and say again. */
const correctable = new Set([
  "TICKET_GUARD",
  "ENGINEER_BUSY",
  "TICKET_PARTS",
  "REPORT_INCOMPLETE",
  "REPORT_OF_OTHER",
  "CHECKLIST_STEP",
  "SURVEY_INVALID",
  "PART_UNKNOWN",
]);
/** What an earlier command or a file that has not come yet will put right. */
const early = new Set(["MEDIA_UNKNOWN", "REPORT_UNKNOWN", "REPORT_CHANGED", "TICKET_CHANGED"]);

/** The way of the work; a ticket that stands behind what a command leads to has been overtaken by it. */
const way: readonly TicketState[] = [
  "new",
  "acknowledged",
  "assigned",
  "en_route",
  "on_site",
  "in_progress",
  "work_done",
  "verifying",
  "follow_up",
];
const needs: Partial<Record<SyncCommand["type"], TicketState>> = {
  accept: "assigned",
  depart: "assigned",
  arrive: "en_route",
  "start-work": "on_site",
  consult: "in_progress",
  "miss-parts": "in_progress",
  finish: "in_progress",
  "not-fixed": "in_progress",
};

/** Why a command was refused, in words for the phone, and what is to be done about it. Pure. */
export function refusalOf(
  error: unknown,
  type: SyncCommand["type"],
  ticket: Pick<Ticket, "ticketId" | "state" | "mergedInto"> | undefined,
): Refusal {
  const code = errorCode(error);
  if (!(error instanceof CodedError) || (code.startsWith("DATABASE_") && !error.retryable))
    return { code: "INTERNAL", message: "something went wrong on the server", whatToDo: "retry" };
  const { message, retryable } = error;
  if (retryable || early.has(code)) return { code, message, whatToDo: "retry" };
  if (correctable.has(code)) return { code, message, whatToDo: "correct" };
  if (code === "TICKET_UNKNOWN") return { code, message, whatToDo: "drop" };
  if (code !== "TICKET_TRANSITION" || !ticket)
    return { code, message, whatToDo: code === "TICKET_NOT_ALLOWED" ? "call-dispatch" : "correct" };
  if (ticket.mergedInto !== undefined)
    return {
      code,
      message: `${ticket.ticketId} is now part of ${ticket.mergedInto}: go on there`,
      whatToDo: "call-dispatch",
    };
  if (!isOpen(ticket.state))
    return { code, message: `${message}; dispatch has ended it`, whatToDo: "call-dispatch" };
  return { code, message, whatToDo: overtaken(type, ticket.state) ? "drop" : "retry" };
}

/** The ticket has left what the command needs behind; otherwise an earlier command is still missing. */
function overtaken(type: SyncCommand["type"], state: TicketState): boolean {
  const needed = needs[type];
  return needed === undefined || way.indexOf(state) > way.indexOf(needed);
}
