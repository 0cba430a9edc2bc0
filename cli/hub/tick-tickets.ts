import type { Logger } from "@firebreak/kit/logger.ts";
import type { TicketService } from "@firebreak/tickets/ticket-service.ts";
import { type Recurring, recurring } from "./recurring.ts";

const everyMs = 5_000;
/** Runs in a row while more is due, so that a hub that was away catches up without keeping others waiting for long. */
const runsInARow = 10;

/** Lets tickets do what they want done by themselves, every few seconds. */
export function tickTicketsOften(tickets: Pick<TicketService, "tick">, log: Logger): Recurring {
  const run = async () => {
    try {
      for (let runs = 0; runs < runsInARow; runs++) {
        const { failed, isMore } = await tickets.tick();
        for (const { ticketId, error } of failed)
          log.error({ err: error, ticketId }, "a ticket could not do what was due");
        if (!isMore) return;
      }
    } catch (error) {
      log.error({ err: error }, "tickets were not looked at");
    }
  };
  return recurring({ everyMs, run });
}
