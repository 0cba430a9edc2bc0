import { cardOf } from "./board-card.ts";
import { exposureOf } from "./lifecycle/exposure.ts";
import { duesOf, firstDue } from "./lifecycle/next-due.ts";
import type { WorkPolicy } from "./lifecycle/work-policy.ts";
import type { TicketRow } from "./tables.ts";
import type { Ticket } from "./ticket.ts";
import { isOpen, priorities, type TicketState } from "./vocabulary.ts";

/** Raised whenever the same timeline would fold to something else; stored tickets are then folded again at the start. */
export const FOLD_VERSION = 2;

/** Later than everything: nothing is due. Keeps the order the same in every database, which differ on nulls. */
export const NEVER = "9999-12-31T23:59:59.999Z";

/** A ticket as it is stored; `key`: of its problem. */
export function rowOf(
  ticket: Ticket,
  key: string,
  policy: WorkPolicy,
): Omit<TicketRow, "ticket_id"> {
  const { timeline: _timeline, ...body } = ticket;
  const open = isOpen(ticket.state);
  return {
    kind: ticket.kind,
    state: ticket.state,
    is_open: open ? 1 : 0,
    machine_id: ticket.machineId ?? null,
    open_key: open ? key : null,
    problem_key: key,
    created_at: ticket.createdAt,
    closed_at: ticket.closedAt ?? null,
    version: ticket.version,
    body: JSON.stringify(body),
    fold_version: FOLD_VERSION,
    priority_rank: priorities.indexOf(ticket.priority),
    ticket_trigger: ticket.trigger,
    region_id: ticket.regionId,
    station_id: ticket.stationId,
    customer_id: ticket.customerId ?? null,
    engineer_id: ticket.assignment?.engineerId ?? null,
    standard_hours: isBooked(ticket) ? (ticket.assignment?.standardHours ?? 0) : 0,
    component: ticket.component ?? null,
    parent_id: ticket.parentId ?? null,
    due_at: (open ? firstDue(ticket)?.dueAt : undefined) ?? NEVER,
    next_due_at: duesOf(ticket, policy)[0]?.at ?? null,
    exposure: exposureOf(ticket),
    search: searchText(ticket),
    card: JSON.stringify(cardOf(ticket)),
  };
}

const done: readonly TicketState[] = ["work_done", "verifying", "follow_up"];
/** Work that is done takes no more of anybody's hours. */
const isBooked = ({ state }: Ticket): boolean => isOpen(state) && !done.includes(state);

/** Lower case, without anything personal. */
const searchText = ({ ticketId, title, machineId, faultCode, component }: Ticket): string =>
  [ticketId, title.en, title["zh-CN"], machineId, faultCode, component]
    .filter((text) => text !== undefined)
    .join(" ")
    .toLowerCase();
