import { signalsOfUnit } from "@firebreak/plans/control-unit.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import { findWaiting } from "./find-carrier.ts";
import { mergeTickets } from "./merge-tickets.ts";
import type { Ticket } from "./ticket.ts";
import type { FoundTicket, TicketWork } from "./ticket-work.ts";

/**
 * MR-6: what a rule found of a signal whose sensor is broken becomes the sensor's; MR-5: what was found of the signals
 * of a control unit that are all bad together becomes the unit's. Takes in the tickets that rest on those signals alone
 * and that nobody has set out for.
 */
export async function takeDoubted(
  work: TicketWork,
  own: FoundTicket,
  { finding, commandId }: { readonly finding: Finding; readonly commandId: string },
): Promise<void> {
  const { machineId, failureMode } = finding;
  const plan = work.planOf?.(machineId);
  if (plan?.service.failureModes[failureMode]?.nature !== "sensor") return;
  const doubted = doubtedSignals(finding, plan);
  if (doubted.length === 0) return;
  let { ticket } = own;
  for (const one of await findWaiting(work.tx, machineId))
    if (one.ticket.ticketId !== ticket.ticketId && restsOn(one.ticket, doubted))
      ticket = await mergeTickets(
        work,
        one,
        { ticket, key: own.key },
        { commandId: `${commandId}/doubted`, why: "same_problem", isQuiet: true },
      );
}

function doubtedSignals({ ruleId, evidence }: Finding, plan: Plan): readonly string[] {
  const rule = plan.rules.rules.find(({ id }) => id === ruleId);
  if (rule?.kind === "unit-lost") return signalsOfUnit(plan.acquisition, rule.unit);
  const [first] = evidence;
  return first?.kind === "signal" ? [first.signal] : [];
}

const restsOn = (
  { evidence, activeFindings, timeline }: Ticket,
  signals: readonly string[],
): boolean =>
  activeFindings.length === 0 &&
  evidence.every((piece) => piece.kind === "signal" && signals.includes(piece.signal)) &&
  timeline.some((event) => event.type === "finding-cleared" && event.cause === "sensor_fault");
