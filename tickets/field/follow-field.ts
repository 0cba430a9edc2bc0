import { hasComeSinceFinish } from "../lifecycle/proof-orders.ts";
import type { Follow } from "../ticket-work.ts";
import { noteEnded } from "../verification/proved-repairs.ts";
import type { Verifier } from "../verification/verifier.ts";
import { archiveReports } from "./report-store.ts";

/**
 * What follows in the field from what happened to a ticket: its proof begins or is told, the rules hear of it,
 * its reports are archived.
 */
export const followField =
  (verifier: Pick<Verifier, "begin" | "settle">): Follow =>
  async (work, ticket, events) => {
    for (const { type } of events)
      switch (type) {
        case "finished":
        case "remote-fixed":
          await verifier.begin(work, ticket);
          break;
        case "report-submitted":
          // What came after the work nobody has looked at.
          if (ticket.outcome === "no_fault_found" && !hasComeSinceFinish(ticket))
            await noteEnded(work, ticket, "reset");
          await verifier.begin(work, ticket);
          await verifier.settle(work, ticket.ticketId);
          break;
        case "verification-passed":
        case "verification-confirmed":
          await noteEnded(work, ticket, "repaired");
          break;
        case "closed":
        case "cancelled":
          await noteEnded(work, ticket, "reset");
          if (type === "closed") await archiveReports(work, ticket.ticketId);
          break;
        default:
      }
  };
