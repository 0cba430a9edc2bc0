import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Transaction } from "@firebreak/kit/database.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { enqueueNotices } from "./channels/notice.ts";
import { followTicket } from "./lessons/follow-ticket.ts";
import type { ServiceTerms } from "./lifecycle/step.ts";
import type { WorkPolicy } from "./lifecycle/work-policy.ts";
import { followMachine } from "./machine-follows.ts";
import type { MachineSetting } from "./machine-terms.ts";
import type { ServiceWork } from "./service-work.ts";
import type { Ticket } from "./ticket.ts";
import type { TicketEvent } from "./ticket-event.ts";
import { decide, fold, type TicketOrder } from "./ticket-lifecycle.ts";
import { noticesOf } from "./ticket-notices.ts";
import type { TicketChange } from "./ticket-service.ts";
import { loadTicket, saveTicket } from "./ticket-store.ts";
import { isMoreUrgent, isOpen, type TicketState } from "./vocabulary.ts";

/** One transaction's work on tickets, with what has changed so far. */
export interface TicketWork extends ServiceWork {
  /** In the order of first touch; one entry per ticket, with its newest state. */
  readonly changes: Map<string, TicketChange>;
  /** Of the person who acts; absent for the system. */
  readonly role?: string | undefined;
  /** Which engineer the person is, if any. */
  readonly engineerId?: string | undefined;
  /** When it was done, by the server's clock, if it is told only now and may be believed; ISO. */
  readonly claimedAt?: string | undefined;
  /** Whoever orders opens what failed checklist steps ask for, knowing more of them. */
  readonly opensSteps?: boolean | undefined;
  /** What else follows from what happened to a ticket, in the same transaction. */
  readonly follow?: Follow | undefined;
  readonly policy?: WorkPolicy | undefined;
  readonly planOf?: ((machineId: string) => Plan | undefined) | undefined;
  /** Read once per machine and transaction. Absent: nothing is promised, no clock starts. */
  readonly settingOf?: ((machineId: string) => Promise<MachineSetting>) | undefined;
}

export type Follow = (
  work: TicketWork,
  ticket: Ticket,
  events: readonly TicketEvent[],
) => Promise<void>;

export interface FoundTicket {
  readonly ticket: Ticket;
  readonly key: string;
}

/** Carries an order out on a ticket (undefined: one to be opened), stores what comes of it and says so. */
export async function carryOut(
  work: TicketWork,
  before: {
    readonly ticket?: Ticket | undefined;
    readonly key: string;
    /** Nobody is told: what happens is part of something else that people hear of. */
    readonly isQuiet?: boolean;
  },
  order: TicketOrder & { readonly commandId: string },
): Promise<Ticket> {
  const { tx, actor, at, changes, policy, role, planOf } = work;
  const { ticket, key, isQuiet = false } = before;
  const terms = await termsFor(work, ticket, order);
  const more = { ...(role === undefined ? {} : { role }), ...(terms ? { terms } : {}) };
  const events = decide(ticket, { ...order, actor, at, ...more }, policy);
  if (ticket && events.length === 0) return ticket;
  const after = fold(events, ticket);
  await saveTicket(tx, { ...(ticket ? { before: ticket } : {}), after, key }, policy);
  await followTicket(work, after, events, planOf?.(after.machineId ?? ""));
  if (!isQuiet) await enqueueNotices(work, noticesOf(after, events, policy));
  const isNew = !ticket || changes.get(after.ticketId)?.change === "opened";
  const change = isNew ? "opened" : isOpen(after.state) ? "updated" : "ended";
  changes.set(after.ticketId, { change, ticket: after });
  await followMachine(work, after, events);
  await work.follow?.(work, after, events);
  if (after.kind === "parts" && after.state !== ticket?.state) await tellParent(work, after);
  return after;
}

/** At hand: handed out, laid out, or over. */
const there: readonly TicketState[] = ["ready", "loaned", "consumed", "returned"];
const isThere = ({ state }: Ticket): boolean => there.includes(state) || !isOpen(state);

/** Transition 15: a job that waits for parts goes on when the last of them is there. */
async function tellParent(work: TicketWork, child: Ticket): Promise<void> {
  if (child.parentId === undefined || !isThere(child)) return;
  const found = await loadTicket(work.tx, child.parentId);
  if (found) await goOnWithParts(work, found, child.ticketId);
}

/** @see tellParent; asked again when a job begins to wait, for parts that were there already. */
export async function goOnWithParts(
  work: TicketWork,
  found: FoundTicket,
  cause: string,
): Promise<Ticket> {
  const { ticket } = found;
  if (ticket.state !== "waiting_parts") return ticket;
  for (const childId of ticket.childIds) {
    const child = await loadTicket(work.tx, childId);
    if (child?.ticket.kind === "parts" && !isThere(child.ticket)) return ticket;
  }
  const commandId = `parts-ready/${cause}/${ticket.version}`;
  return carryOut(work, found, { type: "parts-ready", commandId });
}

/** Orders that start or tighten clocks; the others need nothing looked up. */
const promising: ReadonlySet<TicketOrder["type"]> = new Set<TicketOrder["type"]>([
  "open",
  "raise-priority",
  "attach-report",
  "assign",
  "remote-fixed",
  "reschedule",
  "arrive",
  "receive-in-workshop",
  "finish",
  "submit-report",
  "verification-passed",
  "verification-confirmed",
  "verification-not-applicable",
  "verification-failed",
  "reopen",
]);

async function termsFor(
  work: TicketWork,
  ticket: Ticket | undefined,
  order: TicketOrder,
): Promise<ServiceTerms | undefined> {
  const machineId = order.type === "open" ? order.facts.machineId : ticket?.machineId;
  if (machineId === undefined || !work.settingOf) return undefined;
  const isNeeded =
    order.type === "observe"
      ? ticket !== undefined && isMoreUrgent(order.priority, ticket.priority)
      : promising.has(order.type);
  return isNeeded ? (await work.settingOf(machineId)).terms : undefined;
}

/** @throws CodedError TICKET_UNKNOWN */
export async function requireTicket(tx: Transaction, ticketId: string): Promise<FoundTicket> {
  const found = await loadTicket(tx, ticketId);
  if (!found) throw new CodedError("TICKET_UNKNOWN", `there is no ticket ${ticketId}`);
  return found;
}
