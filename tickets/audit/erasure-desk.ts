import type { Clock } from "@firebreak/kit/clock.ts";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Database, Transaction } from "@firebreak/kit/database.ts";
import { erasePerson, loadPeople } from "../organisation/people.ts";
import { createTicketIds } from "../ticket-ids.ts";
import type { Actor } from "../vocabulary.ts";
import { audit } from "./audit.ts";
import type { AuditTables } from "./audit-tables.ts";
import { redactTables, tablesWithText } from "./redact-tables.ts";
import { createRedactor } from "./redactor.ts";

export interface Erasure {
  readonly personId: string;
  /** Texts of others, such as notes, from which name, number or address were taken out; 0 when done again. */
  readonly redactedTexts: number;
}

export interface ErasureDesk {
  /**
   * Takes everything personal of a person out of the database and its files. Timelines, reports and ratings stay, and
   * stay valid. Done again it only cleans the files again.
   * @throws CodedError PERSON_UNKNOWN (404), DATABASE_BUSY (503): the person is erased, the files not yet; ask again
   */
  erase(personId: string, actor: Actor): Promise<Erasure>;
}

const ACTION = "person.erased";

/** The tables must have been made by `prepareTickets`. */
export function createErasureDesk(options: {
  readonly db: Database;
  readonly clock: Clock;
}): ErasureDesk {
  const { db, clock } = options;
  const ids = createTicketIds(clock.nowMs);
  return {
    async erase(personId, actor) {
      const { tables, redactedTexts } = await db.transaction(async (tx) => {
        const person = (await loadPeople(tx, [personId])).get(personId);
        if (person === undefined) {
          await checkErased(tx, personId);
          return { tables: await tablesWithText(tx), redactedTexts: 0 };
        }
        const { tables, texts } = await redactTables(tx, createRedactor(person));
        await erasePerson(tx, personId);
        const nowMs = clock.nowMs();
        const work = { tx, actor, nowMs, at: new Date(nowMs).toISOString(), ids };
        const subject = { kind: "person", id: personId };
        await audit(work, { action: ACTION, subject, facts: { redactedTexts: texts } });
        return { tables, redactedTexts: texts };
      });
      await db.scrub(["people", ...tables]);
      return { personId, redactedTexts };
    },
  };
}

async function checkErased(tx: Transaction, personId: string): Promise<void> {
  const line = await tx
    .tables<AuditTables>()
    .selectFrom("audit_log")
    .select("entry_id")
    .where("subject_kind", "=", "person")
    .where("subject_id", "=", personId)
    .where("action", "=", ACTION)
    .executeTakeFirst();
  if (line === undefined) throw new CodedError("PERSON_UNKNOWN", "there is no such person");
}
