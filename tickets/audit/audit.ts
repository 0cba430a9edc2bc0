import type { Transaction } from "@firebreak/kit/database.ts";
import type { ServiceWork } from "../service-work.ts";
import {
  type AuditFacts,
  type AuditSubject,
  factsWithoutPersonal,
  withoutPersonal,
} from "./audit-entry.ts";
import type { AuditRow, AuditTables } from "./audit-tables.ts";

/** A line before it has an id. `actor`: as in `AuditEntry`. */
export interface AuditLine {
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly subject?: AuditSubject | undefined;
  readonly facts?: AuditFacts | undefined;
}

/** Writes one line with the work it tells of: both are stored, or neither. */
export const audit = (
  { tx, actor, at, ids }: ServiceWork,
  entry: Pick<AuditLine, "action" | "subject" | "facts">,
): Promise<void> => {
  const name = actor.kind === "person" ? actor.id : `${actor.kind}:${actor.id}`;
  return addAuditRows(tx, [toAuditRow({ ...entry, at, actor: name }, ids.rowId())]);
};

export const toAuditRow = (line: AuditLine, entryId: string): AuditRow => ({
  entry_id: entryId,
  at: line.at,
  actor: withoutPersonal(line.actor),
  action: line.action,
  subject_kind: line.subject?.kind ?? "",
  subject_id: withoutPersonal(line.subject?.id ?? ""),
  facts: JSON.stringify(factsWithoutPersonal(line.facts ?? {})),
});

export async function addAuditRows(tx: Transaction, rows: readonly AuditRow[]): Promise<void> {
  await tx
    .tables<AuditTables>()
    .insertInto("audit_log")
    .values([...rows])
    .execute();
}
