import type { ServiceWork } from "../service-work.ts";
import type { Reader } from "../ticket-store.ts";
import type { Claim } from "./claimed-time.ts";
import type { FieldTables } from "./field-tables.ts";

/** When something was done, as the phone said it, beside when the server heard of it. */
export interface NotedClaim {
  readonly ticketId: string;
  readonly commandId: string;
  readonly type: string;
  readonly claim: Claim;
}

/** Keeps what a phone said of the time, believed or not (ES-6). */
export async function noteClaim(
  { tx, at, ids, actor }: ServiceWork,
  { ticketId, commandId, type, claim }: NotedClaim,
): Promise<void> {
  await tx
    .tables<FieldTables>()
    .insertInto("field_notes")
    .values({
      note_id: ids.rowId(),
      ticket_id: ticketId,
      kind: "claimed-time",
      engineer_id: actor.id,
      at,
      body: JSON.stringify({ commandId, type, claim }),
    })
    .execute();
}

/** Of one ticket, in the order in which the server heard of them, then of what the phone said. */
export async function claimsOf(
  reader: Reader,
  ticketId: string,
): Promise<(NotedClaim & { readonly at: string })[]> {
  const rows = await reader
    .tables<FieldTables>()
    .selectFrom("field_notes")
    .select(["at", "body"])
    .where("ticket_id", "=", ticketId)
    .where("kind", "=", "claimed-time")
    .orderBy("at")
    .execute();
  const claims = rows.map(({ at, body }) => ({
    ticketId,
    at,
    ...(JSON.parse(body) as Omit<NotedClaim, "ticketId">),
  }));
  const keyOf = ({ at, claim }: (typeof claims)[number]) => `${at} ${claim.claimedAt}`;
  return claims.sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}
