import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Ticket } from "../ticket.ts";
import type { PredictedPart, TicketFacts } from "../ticket-facts.ts";
import type { TicketOrder } from "../ticket-lifecycle.ts";
import { carryOut, requireTicket, type TicketWork } from "../ticket-work.ts";
import { isOpen } from "../vocabulary.ts";
import type { PartsLine } from "./parts-line.ts";
import { RESERVED_FROM } from "./reserved-from.ts";
import { describeLine, reserveLine, type StockContext, settleLine } from "./stock.ts";

export const partsToReserve = (predicted: readonly PredictedPart[]): PredictedPart[] =>
  predicted.filter(({ probability }) => probability >= RESERVED_FROM);

/** The parts ticket of a ticket: same machine, station, plan and urgency. Pure. */
export function partsFactsOf(
  parent: Ticket,
  ids: { readonly ticketId: string; readonly progressCode: string },
): TicketFacts {
  const { machineId, regionId, stationId, planRef, faultCode, component, priority } = parent;
  return {
    ...ids,
    kind: "parts",
    priority,
    trigger: "parts_demand",
    channel: "machine",
    serviceType: parent.serviceType,
    title: { en: `Parts: ${parent.title.en}`, "zh-CN": `配件：${parent.title["zh-CN"]}` },
    ...(machineId === undefined ? {} : { machineId }),
    regionId,
    stationId,
    planRef,
    ...(faultCode === undefined ? {} : { faultCode }),
    ...(component === undefined ? {} : { component }),
    dedupeKey: `${parent.ticketId}:parts`,
    candidateFaults: [],
    checks: [],
    predictedParts: partsToReserve(parent.predictedParts),
    parentId: parent.ticketId,
    billable: false,
  };
}

/**
 * Opens the one parts ticket of a new ticket, if its plan expects parts, and reserves them: all in the transaction of
 * the ticket. Approved by itself: what a plan predicts needs nobody's leave.
 */
export async function openPartsTicket(
  work: TicketWork,
  parent: { readonly ticket: Ticket; readonly key: string },
  commandId: string,
): Promise<void> {
  const { ids, tx } = work;
  const facts = partsFactsOf(parent.ticket, {
    ticketId: ids.ticketId(),
    progressCode: ids.progressCode(),
  });
  const requested: PartsLine[] = [];
  for (const { partNo, qty } of facts.predictedParts)
    requested.push(await describeLine(tx, { partNo, quantity: qty }));
  if (requested.length === 0) return;

  const key = facts.dedupeKey;
  const step = (ticket: Ticket | undefined, order: TicketOrder) =>
    carryOut(work, { ticket, key }, { ...order, commandId: `${commandId}/${order.type}` });
  let child = await step(undefined, { type: "request-parts", facts, lines: requested });
  child = await step(child, { type: "approve-parts", reason: "predicted by the plan" });
  child = await step(child, { type: "source-parts" });
  const settled: PartsLine[] = [];
  for (const line of requested)
    settled.push(await reserveLine(stockContext(work, child), line, child.stationId));
  await step(child, { type: "settle-parts", lines: settled });
  await carryOut(work, parent, {
    type: "link-child",
    childId: child.ticketId,
    commandId: `${commandId}/link-child`,
  });
}

/** Parts tickets are as urgent as what they are for. */
export async function raiseChildren(
  work: TicketWork,
  parent: Ticket,
  commandId: string,
): Promise<void> {
  for (const { ticket, key } of await openChildren(work, parent))
    await carryOut(
      work,
      { ticket, key },
      {
        type: "raise-priority",
        priority: parent.priority,
        reason: `as ${parent.ticketId}`,
        commandId: `${commandId}/raise-priority`,
      },
    );
}

/**
 * Ends the parts tickets of a ticket: parts used leave the stock, all others are free again.
 * @throws CodedError TICKET_PARTS when a part was used that is not reserved for this ticket
 */
export async function endChildren(
  work: TicketWork,
  parent: Ticket,
  { commandId, partsUsed }: { readonly commandId: string; readonly partsUsed: readonly string[] },
): Promise<void> {
  const children = await openChildren(work, parent);
  const reserved = children.flatMap(({ ticket }) =>
    ticket.parts.filter(({ state }) => state === "reserved").map(({ partNo }) => partNo),
  );
  const astray = partsUsed.filter((partNo) => !reserved.includes(partNo));
  if (astray.length > 0)
    throw new CodedError(
      "TICKET_PARTS",
      `not reserved for ${parent.ticketId}: ${astray.join(", ")}`,
    );
  for (const { ticket, key } of children) {
    const lines: PartsLine[] = [];
    for (const line of ticket.parts)
      lines.push(
        await settleLine(stockContext(work, ticket), line, partsUsed.includes(line.partNo)),
      );
    const order: TicketOrder = lines.some(({ state }) => state === "consumed")
      ? { type: "close-parts", note: `used for ${parent.ticketId}`, lines }
      : { type: "cancel", reason: `not needed for ${parent.ticketId}`, lines };
    await carryOut(work, { ticket, key }, { ...order, commandId: `${commandId}/${order.type}` });
  }
}

async function openChildren({ tx }: TicketWork, parent: Ticket) {
  const children: Awaited<ReturnType<typeof requireTicket>>[] = [];
  for (const childId of parent.childIds) {
    const child = await requireTicket(tx, childId);
    if (isOpen(child.ticket.state)) children.push(child);
  }
  return children;
}

const stockContext = ({ tx, actor, at, ids }: TicketWork, { ticketId }: Ticket): StockContext => ({
  tx,
  ticketId,
  actorId: actor.id,
  at,
  newId: ids.rowId,
});
