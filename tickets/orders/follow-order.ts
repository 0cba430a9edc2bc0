import { type NewWork, openWork } from "../open-work.ts";
import type { EngineerState } from "../organisation/engineer.ts";
import { engineerKind } from "../organisation/file-kinds.ts";
import { findFile } from "../organisation/file-store.ts";
import { setPresence } from "../organisation/presence.ts";
import { endChildren, releaseFor } from "../parts/end-children.ts";
import { raiseChildren, requestParts } from "../parts/parts-ticket.ts";
import { reconcileParts } from "../parts/reconcile-parts.ts";
import type { Ticket } from "../ticket.ts";
import { type FoundTicket, goOnWithParts, requireTicket, type TicketWork } from "../ticket-work.ts";
import type { OrderName, PersonOrder } from "./order-bodies.ts";

/** What follows from an order that was carried out, for parts and people. */
export async function followOrder(
  work: TicketWork,
  found: FoundTicket,
  order: PersonOrder,
  commandId: string,
): Promise<void> {
  await followWithParts(work, found, order, commandId);
  if (order.type === "finish" && work.opensSteps !== true)
    for (const step of found.ticket.failedSteps)
      await openForStep(work, found.ticket, step, commandId);
  await followPresence(work, found.ticket, order.type);
}

async function followWithParts(
  work: TicketWork,
  found: FoundTicket,
  order: PersonOrder,
  commandId: string,
): Promise<void> {
  const { ticket } = found;
  switch (order.type) {
    case "miss-parts": {
      const isUrgent = ticket.priority === "emergency" || ticket.priority === "major";
      await requestParts(work, found, order.lines, {
        commandId,
        isPreapproved: isUrgent,
        reason: "missing on site",
      });
      await goOnWithParts(work, await requireTicket(work.tx, ticket.ticketId), commandId);
      return;
    }
    case "submit-report": {
      const { reportId, partsUsed = [] } = order;
      await reconcileParts(work, found, {
        commandId,
        partsUsed: partsUsed.map((used, index) => ({
          reportLine: `${reportId}/${index + 1}`,
          ...used,
        })),
        ...(ticket.assignment ? { engineerId: ticket.assignment.engineerId } : {}),
      });
      return;
    }
    case "cancel":
      await releaseFor(work, ticket, commandId);
      return;
    case "close":
      await endChildren(work, ticket, { commandId, partsUsed: order.partsUsed ?? [] });
      return;
    case "raise-priority":
      await raiseChildren(work, ticket, commandId);
      return;
    default:
      return;
  }
}

/** What an inspection found is a repair of its own (§3.9), known by machine and step. */
async function openForStep(
  work: TicketWork,
  { ticketId, machineId, component }: Ticket,
  step: string,
  commandId: string,
): Promise<void> {
  if (machineId === undefined) return;
  const wanted: NewWork = {
    key: `${machineId}:step:${step}`,
    kind: "repair",
    priority: "general",
    trigger: "manual",
    channel: "engineer",
    title: { en: `Failed check: ${step}`, "zh-CN": `检查不合格：${step}` },
    machineId,
    parentId: ticketId,
    ...(component === undefined ? {} : { component }),
  };
  await openWork(work, wanted, `${commandId}/step/${step}`);
}

/** What an engineer does after an order, as dispatch sees it. */
const presenceAfter: Partial<Record<OrderName, EngineerState>> = {
  accept: "assigned",
  depart: "travelling",
  arrive: "working",
  "start-work": "working",
  "leave-site": "available",
  finish: "available",
  "not-fixed": "available",
};

async function followPresence(work: TicketWork, ticket: Ticket, name: OrderName): Promise<void> {
  const state = presenceAfter[name];
  const engineerId = ticket.assignment?.engineerId;
  if (state === undefined || engineerId === undefined) return;
  if (await findFile(work.tx, engineerKind, engineerId))
    await setPresence(work, { engineerId, state });
}
