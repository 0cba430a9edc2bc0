import type { Finding } from "@firebreak/rules/finding.ts";
import { saveCommand } from "../ticket-store.ts";
import type { TicketWork } from "../ticket-work.ts";
import { isSafetyMatter } from "./safety-matter.ts";
import type { ShelvingTables } from "./shelving-tables.ts";
import { commandOf, takeOff } from "./take-off.ts";

/**
 * Keeps a finding from tickets while a person has shelved it. What is still to be said of it is said when the shelf ends;
 * what has become a safety matter ends it. Returns what tickets are to be told instead; undefined: it is not shelved.
 */
export async function holdFinding(
  work: TicketWork,
  finding: Finding,
): Promise<readonly Finding[] | undefined> {
  const { machineId, ruleId, failureMode, subject, phase, isOnset } = finding;
  const shelf = await work.tx
    .tables<ShelvingTables>()
    .selectFrom("shelves")
    .select("shelf_id")
    .where("machine_id", "=", machineId)
    .where("rule_id", "=", ruleId)
    .where("failure_mode", "=", failureMode)
    .where("subject", "=", subject)
    .executeTakeFirst();
  if (!shelf || !(await lock(work, shelf.shelf_id))) return undefined;
  await keep(work, shelf.shelf_id, finding);
  const isOverruled = phase !== "cleared" && isSafetyMatter(finding, work.planOf?.(machineId));
  if (isOverruled || phase !== "updated" || isOnset)
    await saveCommand(work.tx, { commandId: commandOf(finding), ticketId: "", name: "shelved" });
  if (!isOverruled) return [];
  return (await takeOff(work, shelf.shelf_id, { action: "finding.shelf-overruled" })) ?? [];
}

/** Whoever ends the shelf waits, or has ended it: then it is false. */
async function lock({ tx }: TicketWork, shelfId: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .tables<ShelvingTables>()
    .updateTable("shelves")
    .set({ shelf_id: shelfId })
    .where("shelf_id", "=", shelfId)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** An episode that began and ended on the shelf leaves nothing to say. */
async function keep({ tx }: TicketWork, shelfId: string, finding: Finding): Promise<void> {
  const tables = tx.tables<ShelvingTables>();
  const { findingId } = finding;
  const held = await tables
    .selectFrom("held_findings")
    .select("body")
    .where("shelf_id", "=", shelfId)
    .where("finding_id", "=", findingId)
    .executeTakeFirst();
  const before: Finding | undefined = held && JSON.parse(held.body);
  const isNew = before?.phase === "raised";
  if (isNew && finding.phase === "cleared") {
    await tables
      .deleteFrom("held_findings")
      .where("shelf_id", "=", shelfId)
      .where("finding_id", "=", findingId)
      .execute();
    return;
  }
  const isOnset = finding.isOnset || (before?.isOnset === true && finding.phase !== "cleared");
  const kept = { ...finding, isOnset, phase: isNew ? "raised" : finding.phase };
  const body = JSON.stringify(kept);
  await tables
    .insertInto("held_findings")
    .values({ shelf_id: shelfId, finding_id: findingId, body })
    .onConflict((conflict) => conflict.columns(["shelf_id", "finding_id"]).doUpdateSet({ body }))
    .execute();
}
