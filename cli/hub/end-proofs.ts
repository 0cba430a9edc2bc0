import type { Database } from "@firebreak/kit/database.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { TicketService } from "@firebreak/tickets/ticket-service.ts";
import type { Verifier } from "@firebreak/tickets/verification/verifier.ts";
import { type Recurring, recurring } from "./recurring.ts";

const everyMs = 10 * 60_000;
const actor = { kind: "system", id: "verification" } as const;

/** Repairs that telemetry could not prove in time go to a person. */
export function endProofsInTime(
  parts: {
    readonly db: Database;
    readonly tickets: Pick<TicketService, "begin">;
    readonly verifier: Verifier;
  },
  log: Logger,
): Recurring {
  const { db, tickets, verifier } = parts;
  const run = () =>
    db
      .transaction((tx) => verifier.endOverdue(tickets.begin(tx, actor)))
      .then(() => undefined)
      .catch((error: unknown) => log.error({ err: error }, "proofs of repairs were not looked at"));
  return recurring({ everyMs, run });
}
