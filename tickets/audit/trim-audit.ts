import type { Clock } from "@firebreak/kit/clock.ts";
import type { Database } from "@firebreak/kit/database.ts";
import { createTicketIds } from "../ticket-ids.ts";
import { audit } from "./audit.ts";
import type { AuditTables } from "./audit-tables.ts";

/** ED. `keepDays`: three years; `leastDays`: nobody can set less; the rest bounds one turn, so that others are not held up. */
export const auditConfig = {
  keepDays: 1_096,
  leastDays: 180,
  rowsAtOnce: 500,
  batchesAtOnce: 20,
  trimEveryMs: 3_600_000,
} as const;

/** Whom to erase again after a backup was restored, and what was removed here, stays known. */
const keptForGood = ["person.erased", "audit.trimmed"];

/**
 * Removes the oldest lines that are past their time, a bounded number of them, and writes a line that says so. Gives how
 * many went; as many as `rowsAtOnce * batchesAtOnce` means that there may be more.
 */
export async function trimAudit(options: {
  readonly db: Database;
  readonly clock: Clock;
  readonly keepDays: number;
  readonly limits?: { readonly rowsAtOnce: number; readonly batchesAtOnce: number };
}): Promise<number> {
  const { db, clock, keepDays, limits = auditConfig } = options;
  const nowMs = clock.nowMs();
  const before = new Date(nowMs - keepDays * 86_400_000).toISOString();
  const ids = createTicketIds(clock.nowMs);
  const actor = { kind: "system", id: "audit" } as const;
  const trimBatch = () =>
    db.transaction(async (tx) => {
      const tables = tx.tables<AuditTables>();
      const old = await tables
        .selectFrom("audit_log")
        .select("entry_id")
        .where("at", "<", before)
        .where("action", "not in", keptForGood)
        .orderBy("at")
        .limit(limits.rowsAtOnce)
        .execute();
      if (old.length === 0) return 0;
      const entries = old.map(({ entry_id }) => entry_id);
      await tables.deleteFrom("audit_log").where("entry_id", "in", entries).execute();
      const work = { tx, actor, nowMs, at: new Date(nowMs).toISOString(), ids };
      const facts = { removed: old.length, olderThan: before };
      await audit(work, { action: "audit.trimmed", facts });
      return old.length;
    });
  let removed = 0;
  for (let batch = 0; batch < limits.batchesAtOnce; batch++) {
    const count = await trimBatch();
    removed += count;
    if (count < limits.rowsAtOnce) break;
  }
  return removed;
}
