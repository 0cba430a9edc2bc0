import type { Clock } from "@firebreak/kit/clock.ts";
import type { Database } from "@firebreak/kit/database.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import { auditConfig, trimAudit } from "@firebreak/tickets/audit/trim-audit.ts";
import { type Recurring, recurring } from "./recurring.ts";

/** Removes lines of the audit log that are past their time, at the start and every hour. */
export function trimAuditOften(
  of: { readonly db: Database; readonly clock: Clock; readonly keepDays: number | undefined },
  log: Logger,
): Recurring {
  const { keepDays = auditConfig.keepDays } = of;
  const run = async () => {
    try {
      const removed = await trimAudit({ ...of, keepDays });
      if (removed > 0) log.info({ removed, keepDays }, "audit log trimmed");
    } catch (error) {
      log.error({ err: error }, "audit log could not be trimmed");
    }
  };
  return recurring({ firstMs: 0, everyMs: auditConfig.trimEveryMs, run });
}
