import type { Finding } from "@firebreak/rules/finding.ts";
import { findWaiting } from "./find-carrier.ts";
import { mergeTickets } from "./merge-tickets.ts";
import type { Ticket } from "./ticket.ts";
import type { FoundTicket, TicketWork } from "./ticket-work.ts";

/**
 * MR-6: what a rule found of a signal whose sensor is broken becomes the sensor's. Takes in the tickets that rest on
 * that signal alone and that nobody has set out for.
 */
export async function takeDoubted(
  work: TicketWork,
  own: FoundTicket,
  { finding, commandId }: { readonly finding: Finding; readonly commandId: string },
): Promise<void> {
  const { machineId, failureMode, evidence } = finding;
  const mode = work.planOf?.(machineId)?.service.failureModes[failureMode];
  const [first] = evidence;
  if (mode?.nature !== "sensor" || first?.kind !== "signal") return;
  let { ticket } = own;
  for (const one of await findWaiting(work.tx, machineId))
    if (one.ticket.ticketId !== ticket.ticketId && restsOn(one.ticket, first.signal))
      ticket = await mergeTickets(
        work,
        one,
        { ticket, key: own.key },
        { commandId: `${commandId}/doubted`, why: "same_problem", isQuiet: true },
      );
}

const restsOn = ({ evidence, activeFindings, timeline }: Ticket, signal: string): boolean =>
  activeFindings.length === 0 &&
  evidence.every((piece) => piece.kind === "signal" && piece.signal === signal) &&
  timeline.some((event) => event.type === "finding-cleared" && event.cause === "sensor_fault");
