import type { Database, Transaction } from "@firebreak/kit/database.ts";
import type { ChannelTables } from "./channels-tables.ts";
import type { Claim } from "./claim-deliveries.ts";
import type { Notice } from "./notice.ts";
import { isoOf } from "./outbox.ts";
import type { Reader } from "./recipients.ts";

const deliveries = (tx: Transaction, { deliveryId }: Pick<Claim, "deliveryId">) =>
  tx.tables<ChannelTables>().updateTable("deliveries").where("delivery_id", "=", deliveryId);

/** After the other side took it. Dying before this sends it again, under the same id. */
export const markSent = (db: Database, claim: Claim, nowMs: number): Promise<void> =>
  db.transaction(async (tx) => {
    await deliveries(tx, claim)
      .set({ state: "sent", sent_at: isoOf(nowMs), error: null })
      .execute();
    await tx
      .tables<ChannelTables>()
      .updateTable("deliveries")
      .set({ state: "digested", sent_at: isoOf(nowMs) })
      .where("digest_id", "=", claim.deliveryId)
      .where("state", "=", "grouped")
      .execute();
  });

export const markFailed = (
  db: Database,
  claim: Claim,
  failure: { readonly error: string; readonly againMs: number | undefined },
): Promise<void> =>
  db.transaction(async (tx) => {
    const { error, againMs } = failure;
    await deliveries(tx, claim)
      .set(
        againMs === undefined
          ? { state: "dead", error }
          : { state: "queued", error, due_at: isoOf(againMs) },
      )
      .execute();
  });

/** While a target is down nothing else of it is tried: what is too old then is dead too. */
export const giveUpOld = (
  db: Database,
  targetId: string,
  failure: { readonly error: string; readonly nowMs: number },
): Promise<void> =>
  db.transaction(async (tx) => {
    await tx
      .tables<ChannelTables>()
      .updateTable("deliveries")
      .set({ state: "dead", error: failure.error })
      .where("target_id", "=", targetId)
      .where("state", "=", "queued")
      .where("give_up_at", "<=", isoOf(failure.nowMs))
      .execute();
  });

/** The earliest time at which something of a target is due, in milliseconds since the Unix epoch. */
export async function nextDueMs(reader: Reader, targetId: string): Promise<number | undefined> {
  const row = await reader
    .tables<ChannelTables>()
    .selectFrom("deliveries")
    .select(({ fn }) => fn.min("due_at").as("first"))
    .where("target_id", "=", targetId)
    .where("state", "in", ["queued", "sending"])
    .executeTakeFirst();
  return row?.first ? Date.parse(row.first) : undefined;
}

/** What a delivery tells: one notice, or those of its digest. */
export async function noticesOf(
  reader: Reader,
  { deliveryId, noticeId }: Pick<Claim, "deliveryId" | "noticeId">,
): Promise<Notice[]> {
  const tables = reader.tables<ChannelTables>();
  const rows =
    noticeId === null
      ? await tables
          .selectFrom("deliveries")
          .innerJoin("notices", "notices.notice_id", "deliveries.notice_id")
          .select("notices.body")
          .where("deliveries.digest_id", "=", deliveryId)
          .orderBy("deliveries.urgency")
          .orderBy("deliveries.created_at")
          .orderBy("deliveries.delivery_id")
          .execute()
      : await tables
          .selectFrom("notices")
          .select("body")
          .where("notice_id", "=", noticeId)
          .execute();
  return rows.map(({ body }) => JSON.parse(body) as Notice);
}
