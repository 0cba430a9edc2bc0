import type { Database, Transaction } from "@firebreak/kit/database.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import { applyFinding } from "../apply-finding.ts";
import { audit } from "../audit/audit.ts";
import type { TicketTables } from "../tables.ts";
import type { TicketWork } from "../ticket-work.ts";
import { commandOf } from "./hold-finding.ts";
import type { ShelvingTables } from "./shelving-tables.ts";

const rules = { kind: "system", id: "rules" } as const;

export interface ShelfEnd {
  readonly action: "finding.unshelved" | "finding.shelf-expired" | "finding.shelf-moved";
  /** What was held back is another owner's no more. */
  readonly forgets?: boolean;
}

/**
 * Ends a shelf and tells tickets what it held back, in one transaction: a kill before the commit leaves the shelf as it
 * was. False: it had ended already.
 */
export async function endShelf(work: TicketWork, shelfId: string, end: ShelfEnd): Promise<boolean> {
  const tables = work.tx.tables<ShelvingTables>();
  const [shelf] = await tables
    .deleteFrom("shelves")
    .where("shelf_id", "=", shelfId)
    .returning(["machine_id", "rule_id", "failure_mode"])
    .execute();
  if (!shelf) return false;
  const held = await tables
    .deleteFrom("held_findings")
    .where("shelf_id", "=", shelfId)
    .returning("body")
    .execute();
  await audit(work, {
    action: end.action,
    subject: { kind: "machine", id: shelf.machine_id },
    facts: { shelf: shelfId, rule: shelf.rule_id, failureMode: shelf.failure_mode },
  });
  if (end.forgets !== true)
    for (const { body } of held) await tellTickets({ ...work, actor: rules }, JSON.parse(body));
  return true;
}

/** It was remembered as said when it was held. */
async function tellTickets(work: TicketWork, finding: Finding): Promise<void> {
  await work.tx
    .tables<TicketTables>()
    .deleteFrom("ticket_commands")
    .where("command_id", "=", commandOf(finding))
    .where("name", "=", "shelved")
    .execute();
  await applyFinding(work, finding);
}

/** A machine that moved is another situation: nobody there has shelved anything. */
export async function endShelvesOf(
  work: TicketWork,
  machineId: string,
  forgets: boolean,
): Promise<void> {
  const rows = await work.tx
    .tables<ShelvingTables>()
    .selectFrom("shelves")
    .select("shelf_id")
    .where("machine_id", "=", machineId)
    .execute();
  for (const { shelf_id: shelfId } of rows)
    await endShelf(work, shelfId, { action: "finding.shelf-moved", forgets });
}

/** Shelves per run; engineering default. */
const limit = 200;

export interface FailedShelf {
  readonly shelfId: string;
  readonly error: unknown;
}

/** Ends the shelves whose time is over, one transaction each. Returns those that failed: they are tried in the next run. */
export async function endDueShelves(
  db: Database,
  begin: (tx: Transaction) => TicketWork,
  nowMs: number,
): Promise<readonly FailedShelf[]> {
  const due = await db
    .tables<ShelvingTables>()
    .selectFrom("shelves")
    .select("shelf_id")
    .where("until", "<=", new Date(nowMs).toISOString())
    .orderBy("until")
    .limit(limit)
    .execute();
  const failed: FailedShelf[] = [];
  for (const { shelf_id: shelfId } of due)
    try {
      await db.transaction((tx) =>
        endShelf(begin(tx), shelfId, { action: "finding.shelf-expired" }),
      );
    } catch (error) {
      failed.push({ shelfId, error });
    }
  return failed;
}
