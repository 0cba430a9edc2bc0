import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Database, Transaction } from "@firebreak/kit/database.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import { audit } from "../audit/audit.ts";
import type { TicketTables } from "../tables.ts";
import type { TicketService } from "../ticket-service.ts";
import { loadTicket } from "../ticket-store.ts";
import type { Actor } from "../vocabulary.ts";
import { noteEnded } from "./proved-repairs.ts";

/** Resets what is latched and has no ticket on which a person could: that was closed before, or there never was one. */
export interface ResetDesk {
  /**
   * Leaves word for the rules, which hear of it with the next data of any machine; one that is true again by then stays.
   * @throws CodedError FINDING_NOT_LATCHED, FINDING_HAS_TICKET (409)
   */
  reset(finding: Finding, actor: Actor): Promise<void>;
}

export const createResetDesk = ({
  db,
  tickets,
}: {
  readonly db: Database;
  readonly tickets: Pick<TicketService, "begin">;
}): ResetDesk => ({
  async reset(finding, actor) {
    const { machineId, findingId, ruleId, failureMode, at } = finding;
    if (!finding.isLatched)
      throw new CodedError(
        "FINDING_NOT_LATCHED",
        `${failureMode} of ${machineId} is still true: it cannot be reset before it has returned to normal`,
      );
    await db.transaction(async (tx) => {
      const work = tickets.begin(tx, actor);
      const ticketId = await ticketOf(tx, machineId, findingId);
      if (ticketId !== undefined)
        throw new CodedError(
          "FINDING_HAS_TICKET",
          `${failureMode} of ${machineId} is reset by its ticket ${ticketId}: prove the repair, report that no fault was found, or end the ticket`,
        );
      // As of what the person has seen, by the machine's own clock, which may be ahead of this one.
      const seen = { ...work, at };
      await noteEnded(
        seen,
        { machineId, activeFindings: [findingId], ticketId: `reset/${findingId}` },
        "reset",
      );
      await audit(work, {
        action: "finding.reset",
        subject: { kind: "machine", id: machineId },
        facts: { finding: findingId, rule: ruleId, failureMode },
      });
    });
  },
});

/** The open ticket for which a finding is active. */
async function ticketOf(
  tx: Transaction,
  machineId: string,
  findingId: string,
): Promise<string | undefined> {
  const rows = await tx
    .tables<TicketTables>()
    .selectFrom("tickets")
    .select("ticket_id")
    .where("machine_id", "=", machineId)
    .where("is_open", "=", 1)
    .execute();
  for (const { ticket_id: ticketId } of rows) {
    const found = await loadTicket(tx, ticketId);
    if (found?.ticket.activeFindings.includes(findingId)) return ticketId;
  }
  return undefined;
}
