import type { AuditLine } from "@firebreak/tickets/audit/audit.ts";
import type { AuditDesk } from "@firebreak/tickets/audit/audit-desk.ts";

/** An audit log in memory; `lines` is what was recorded, oldest first. */
export function createMemoryAudit(): { readonly desk: AuditDesk; readonly lines: AuditLine[] } {
  const lines: AuditLine[] = [];
  const desk: AuditDesk = {
    record: async (line) => void lines.push(line),
    page: async () => ({
      items: lines.map(({ at, actor, action, subject, facts }, index) => ({
        entryId: String(index),
        at,
        actor,
        action,
        subjectKind: subject?.kind ?? "",
        subjectId: subject?.id ?? "",
        facts: facts ?? {},
      })),
      next: null,
    }),
  };
  return { desk, lines };
}
