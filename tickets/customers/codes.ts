import { createHash } from "node:crypto";
import type { Transaction } from "@firebreak/kit/database.ts";
import type { CustomerTables } from "./customers-tables.ts";

/**
 * What is stored and looked up instead of a code: finding a row by the hash of 128 random bits tells nobody who measures
 * the time how near a guess was.
 */
export const codeHash = (code: string): string =>
  createHash("sha256").update(code).digest("base64url");

/** Of codes as this program makes them; anything else is not even looked for. */
export const isCode = (text: string): boolean => /^[A-Za-z0-9_-]{22}$/.test(text);

/** Lets a code open the page of a ticket or of a report. */
export async function rememberCode(
  tx: Transaction,
  code: string,
  of: { readonly ticketId?: string; readonly reportId?: string },
): Promise<void> {
  await tx
    .tables<CustomerTables>()
    .insertInto("progress_codes")
    .values({
      code_hash: codeHash(code),
      ticket_id: of.ticketId ?? null,
      report_id: of.reportId ?? null,
    })
    .execute();
}
