import type { Database } from "@firebreak/kit/database.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { TicketService } from "@firebreak/tickets/ticket-service.ts";
import type { Verifier } from "@firebreak/tickets/verification/verifier.ts";

const everyMs = 10 * 60_000;
const actor = { kind: "system", id: "verification" } as const;

/** Repairs that telemetry could not prove in time go to a person. Returns the way to stop. */
export function endProofsInTime(
  parts: {
    readonly db: Database;
    readonly tickets: Pick<TicketService, "begin">;
    readonly verifier: Verifier;
  },
  log: Logger,
): () => void {
  const { db, tickets, verifier } = parts;
  const end = () =>
    db
      .transaction((tx) => verifier.endOverdue(tickets.begin(tx, actor)))
      .catch((error: unknown) => log.error({ err: error }, "proofs of repairs were not looked at"));
  const timer = setInterval(() => void end(), everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
