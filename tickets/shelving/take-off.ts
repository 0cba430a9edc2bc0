import type { Finding } from "@firebreak/rules/finding.ts";
import { audit } from "../audit/audit.ts";
import type { AuditFacts } from "../audit/audit-entry.ts";
import type { TicketTables } from "../tables.ts";
import type { TicketWork } from "../ticket-work.ts";
import type { ShelvingTables } from "./shelving-tables.ts";

export interface ShelfEnd {
  /** A person, its time, another owner or site, or that it is a safety matter now. */
  readonly action:
    | "finding.unshelved"
    | "finding.shelf-expired"
    | "finding.shelf-moved"
    | "finding.shelf-overruled";
  /** Tickets are told nothing of what was held back, now or when it is said again. */
  readonly forgets?: boolean;
}

/** As trouble codes are named that no plan knows. */
const code = /^((SPN|FMI|SA|EMCY|node|network) (0x)?[0-9A-F]+( |$))+$/;

/** What the audit log says of a shelf: the log keeps no blanks, as names have them, but which code it was. */
export const factsOfShelf = (row: ShelvingTables["shelves"]): AuditFacts => ({
  shelf: row.shelf_id,
  rule: row.rule_id,
  failureMode: row.failure_mode,
  ...(code.test(row.subject) ? { subject: row.subject.replaceAll(" ", "_") } : {}),
});

/** How what a finding did is remembered: saying it again does nothing. */
export const commandOf = ({ findingId, phase, at, isLatched }: Finding): string =>
  `finding/${findingId}/${isLatched ? "latched" : phase}/${at}`;

/** Ends a shelf. Returns what it held back, the oldest first; undefined: it had ended already. */
export async function takeOff(
  work: TicketWork,
  shelfId: string,
  { action, forgets = false }: ShelfEnd,
): Promise<readonly Finding[] | undefined> {
  const tables = work.tx.tables<ShelvingTables>();
  const [shelf] = await tables
    .deleteFrom("shelves")
    .where("shelf_id", "=", shelfId)
    .returningAll()
    .execute();
  if (!shelf) return undefined;
  const rows = await tables
    .deleteFrom("held_findings")
    .where("shelf_id", "=", shelfId)
    .returning("body")
    .execute();
  await audit(work, {
    action,
    subject: { kind: "machine", id: shelf.machine_id },
    facts: factsOfShelf(shelf),
  });
  const held = rows
    .map(({ body }): Finding => JSON.parse(body))
    .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
  if (forgets) return held;
  const steps = held.flatMap(stepsOf);
  for (const finding of steps) await forgetHolding(work, finding);
  return steps;
}

/** What returned to normal and waits for a person has happened first: that opens the ticket on which it waits. */
function stepsOf(held: Finding): readonly Finding[] {
  const { isLatched, ...happened } = held;
  if (!isLatched || !held.isOnset) return [held];
  return [happened, { ...held, phase: "updated", isOnset: false }];
}

/** It was remembered as said when it was held. */
async function forgetHolding({ tx }: TicketWork, finding: Finding): Promise<void> {
  await tx
    .tables<TicketTables>()
    .deleteFrom("ticket_commands")
    .where("command_id", "=", commandOf(finding))
    .where("name", "=", "shelved")
    .execute();
}
