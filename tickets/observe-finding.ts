import type { Finding } from "@firebreak/rules/finding.ts";
import type { Done } from "./apply-finding.ts";
import { orderOf, type Problem } from "./from-finding.ts";
import { MINUTE_MS } from "./lifecycle/step.ts";
import { workPolicy } from "./lifecycle/work-policy.ts";
import { raiseChildren } from "./parts/parts-ticket.ts";
import type { Ticket } from "./ticket.ts";
import { carryOut, type FoundTicket, type TicketWork } from "./ticket-work.ts";

/** One more line in the open ticket, if the finding says anything new. */
export async function observeFinding(
  work: TicketWork,
  carrier: FoundTicket,
  of: { readonly finding: Finding; readonly problem: Problem; readonly commandId: string },
): Promise<Done | undefined> {
  const { finding, problem, commandId } = of;
  const { ticket, key } = carrier;
  const order = orderOf(finding, problem, ticket, () => {
    throw new TypeError("nothing is opened");
  });
  if (!order) return undefined;
  const cause = order.type === "note-cleared" ? causeOf(ticket, finding) : undefined;
  const whole = cause && order.type === "note-cleared" ? { ...order, cause } : order;
  const after = await carryOut(work, carrier, { ...whole, commandId });
  if (after.priority !== ticket.priority) await raiseChildren(work, after, commandId);
  await noteFlapping(work, { ticket: after, key }, finding, commandId);
  const isWorthKeeping = after !== ticket || finding.phase === "raised" || finding.isOnset;
  return isWorthKeeping ? { ticketId: ticket.ticketId, name: order.type } : undefined;
}

/** An episode that a plan raised and another one ended did not go away by itself. */
function causeOf(ticket: Ticket, { findingId, planRef, cause }: Finding): Finding["cause"] {
  if (cause !== undefined) return cause;
  const raisedBy = ticket.evidence.find((piece) => piece.findingId === findingId)?.planRef;
  return raisedBy !== undefined && raisedBy !== planRef ? "rule_changed" : undefined;
}

/** A fault that comes and goes several times a minute is one fault and a loose contact (F3); a signal's crossings too. */
export async function noteFlapping(
  work: TicketWork,
  { ticket, key }: FoundTicket,
  { isOnset, at, chatter }: Finding,
  commandId: string,
): Promise<void> {
  const { flappingOnsets } = work.policy ?? workPolicy;
  if (chatter) {
    const { perMinute, count } = chatter;
    const counts = { onsetCount: Math.max(perMinute, flappingOnsets), totalCount: count };
    const order = { type: "note-flapping", ...counts } as const;
    await carryOut(work, { ticket, key }, { ...order, commandId: `${commandId}/flapping` });
    return;
  }
  if (!isOnset) return;
  const onsetCount = onsetsWithin(ticket, Date.parse(at), MINUTE_MS);
  if (onsetCount < flappingOnsets) return;
  await carryOut(
    work,
    { ticket, key },
    { type: "note-flapping", onsetCount, commandId: `${commandId}/flapping` },
  );
}

function onsetsWithin({ timeline }: Ticket, atMs: number, windowMs: number): number {
  let count = 0;
  for (let index = timeline.length - 1; index >= 0; index--) {
    const event = timeline[index];
    if (event?.type !== "evidence-added" || !event.isOccurrence) continue;
    if (Date.parse(event.machineAt) <= atMs - windowMs) break;
    count += 1;
  }
  return count;
}
