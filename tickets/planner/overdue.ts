import { isOpen, type Priority, type TicketState } from "../vocabulary.ts";

/** States in which nobody has begun with planned work. */
const notBegun: readonly TicketState[] = ["planned", "new", "acknowledged", "assigned"];

export interface DueTicket {
  readonly ticketId: string;
  readonly trigger: string;
  readonly state: TicketState;
  readonly priority: Priority;
  readonly dueWindow?: { readonly to: string } | undefined;
}

const plannedTriggers: readonly string[] = ["calendar", "service_hours", "peak_season"];

/** O-31: planned work that was not begun by the end of its window; it becomes general, and the station manager hears. */
export const overdueTickets = <Ticket extends DueTicket>(
  tickets: readonly Ticket[],
  nowMs: number,
): Ticket[] =>
  tickets.filter(
    ({ trigger, state, priority, dueWindow }) =>
      plannedTriggers.includes(trigger) &&
      priority === "planned" &&
      isOpen(state) &&
      notBegun.includes(state) &&
      dueWindow !== undefined &&
      nowMs > Date.parse(dueWindow.to),
  );
