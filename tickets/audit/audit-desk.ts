import { parseCursor, toCursor } from "@firebreak/kit/cursor.ts";
import type { Database } from "@firebreak/kit/database.ts";
import { type AuditLine, addAuditRows, toAuditRow } from "./audit.ts";
import type { AuditEntry, AuditFacts } from "./audit-entry.ts";
import type { AuditRow, AuditTables } from "./audit-tables.ts";

export interface AuditQuery {
  readonly limit: number;
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
  /** Instants; from inclusive, to exclusive. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly subjectKind?: string | undefined;
  readonly subjectId?: string | undefined;
}

export interface AuditDesk {
  /** Resolves once the line is on disk. Lines that come while others are written go to disk together. */
  record(line: AuditLine): Promise<void>;
  /** Newest first. @throws CodedError BAD_CURSOR */
  page(query: AuditQuery): Promise<{ items: AuditEntry[]; next: string | null }>;
}

const ROWS_AT_ONCE = 500;

/** The tables must have been made by `migrateAudit`. */
export function createAuditDesk(options: {
  readonly db: Database;
  readonly newId: () => string;
}): AuditDesk {
  const { db, newId } = options;
  let waiting: AuditRow[] = [];
  let writing: Promise<void> = Promise.resolve();

  const flush = async (): Promise<void> => {
    const rows = waiting;
    waiting = [];
    for (let at = 0; at < rows.length; at += ROWS_AT_ONCE)
      await db.transaction((tx) => addAuditRows(tx, rows.slice(at, at + ROWS_AT_ONCE)));
  };

  return {
    record(line) {
      waiting.push(toAuditRow(line, newId()));
      // The first of a group starts the writing; the rest only wait for it.
      if (waiting.length === 1) writing = writing.catch(() => undefined).then(flush);
      return writing;
    },
    async page({ limit, cursor, ...filter }) {
      const rows = await select(db, filter, cursor)
        .limit(limit + 1)
        .execute();
      const items = rows.slice(0, limit);
      const last = items.at(-1);
      const next = rows.length > limit && last ? toCursor(last.at, last.entry_id) : null;
      return { items: items.map(toEntry), next };
    },
  };
}

function select(db: Database, filter: Omit<AuditQuery, "limit" | "cursor">, cursor?: string) {
  const { from, to, actor, action, subjectKind, subjectId } = filter;
  let query = db.tables<AuditTables>().selectFrom("audit_log").selectAll();
  if (actor !== undefined) query = query.where("actor", "=", actor);
  if (action !== undefined) query = query.where("action", "=", action);
  if (subjectKind !== undefined) query = query.where("subject_kind", "=", subjectKind);
  if (subjectId !== undefined) query = query.where("subject_id", "=", subjectId);
  if (from !== undefined) query = query.where("at", ">=", from);
  if (to !== undefined) query = query.where("at", "<", to);
  if (cursor !== undefined) {
    const [at = "", entryId = ""] = parseCursor(cursor, 2);
    query = query.where(({ and, or, eb }) =>
      or([eb("at", "<", at), and([eb("at", "=", at), eb("entry_id", "<", entryId)])]),
    );
  }
  return query.orderBy("at", "desc").orderBy("entry_id", "desc");
}

const toEntry = (row: AuditRow): AuditEntry => ({
  entryId: row.entry_id,
  at: row.at,
  actor: row.actor,
  action: row.action,
  subjectKind: row.subject_kind,
  subjectId: row.subject_id,
  facts: JSON.parse(row.facts) as AuditFacts,
});
