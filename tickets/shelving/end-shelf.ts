import { applyFinding } from "../apply-finding.ts";
import type { TicketWork } from "../ticket-work.ts";
import { noteEnded } from "../verification/proved-repairs.ts";
import type { ShelvingTables } from "./shelving-tables.ts";
import { type ShelfEnd, takeOff } from "./take-off.ts";

const rules = { kind: "system", id: "rules" } as const;

/**
 * Ends a shelf and tells tickets what it held back, in one transaction: a kill before the commit leaves the shelf as it
 * was. False: it had ended already.
 */
export async function endShelf(
  work: TicketWork,
  shelfId: string,
  end: Pick<ShelfEnd, "action">,
): Promise<boolean> {
  const held = await takeOff(work, shelfId, end);
  for (const finding of held ?? []) await applyFinding({ ...work, actor: rules }, finding);
  return held !== undefined;
}

/**
 * A machine that moved is another situation: nobody there has shelved anything. Where it was sold, what was held back is
 * the former owner's, and the rules are told to find for the new one what lasts.
 */
export async function endShelvesOf(
  work: TicketWork,
  machineId: string,
  isSold: boolean,
): Promise<void> {
  const rows = await work.tx
    .tables<ShelvingTables>()
    .selectFrom("shelves")
    .select("shelf_id")
    .where("machine_id", "=", machineId)
    .execute();
  const end = { action: "finding.shelf-moved" } as const;
  for (const { shelf_id: shelfId } of rows) {
    if (!isSold) {
      await endShelf(work, shelfId, end);
      continue;
    }
    const held = (await takeOff(work, shelfId, { ...end, forgets: true })) ?? [];
    const lasting = held.filter(({ phase }) => phase !== "cleared");
    const activeFindings = lasting.map(({ findingId }) => findingId);
    const former = { machineId, activeFindings, ticketId: `shelf/${shelfId}` };
    await noteEnded(work, former, "machine_moved");
  }
}
