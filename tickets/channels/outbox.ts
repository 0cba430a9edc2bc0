import type { Database, Transaction } from "@firebreak/kit/database.ts";
import { priorities } from "../vocabulary.ts";
import type { ChannelLimits } from "./channels-defaults.ts";
import type { ChannelTables } from "./channels-tables.ts";
import type { Channels } from "./load-channels.ts";
import type { Notice } from "./notice.ts";
import { type PlannedDelivery, planDeliveries } from "./plan-deliveries.ts";
import type { Directory, Reader } from "./recipients.ts";

/** What a notice still needs before it goes out, in the same transaction; undefined: nobody is to be told any more. */
export type PrepareNotice = (tx: Transaction, notice: Notice) => Promise<Notice | undefined>;

export interface OutboxOptions {
  readonly prepare?: PrepareNotice | undefined;
  readonly channels: Channels;
  readonly directory: Directory;
  readonly limits: ChannelLimits;
  readonly nowMs: number;
  readonly newId: () => string;
}

/**
 * Turns the oldest notices into deliveries, all in one transaction: a notice is never lost between the two, and never
 * told twice. Returns how many notices it took.
 */
export const emptyOutbox = (db: Database, options: OutboxOptions): Promise<number> =>
  db.transaction(async (tx) => {
    const tables = tx.tables<ChannelTables>();
    const rows = await tables
      .selectFrom("notices")
      .selectAll()
      .where("is_pending", "=", 1)
      .orderBy("at")
      .orderBy("notice_id")
      .limit(options.limits.noticesPerStep)
      .execute();
    const configs = options.channels.targets.map(({ config }) => config);
    const space = new Map<string, number>();
    for (const { notice_id: noticeId, body } of rows) {
      const raw = JSON.parse(body) as Notice;
      const recipients = await options.directory.recipientsOf(tx, raw.audience);
      const planned = planDeliveries(raw, recipients, configs);
      const { prepare = async () => raw } = options;
      const notice = planned.length === 0 ? undefined : await prepare(tx, raw);
      for (const delivery of notice ? planned : [])
        await addDelivery(tx, { noticeId, notice: notice ?? raw, delivery, space }, options);
      await tables
        .updateTable("notices")
        .set({
          is_pending: 0,
          deliveries: notice ? planned.length : 0,
          ...(notice && notice !== raw ? { body: JSON.stringify(notice) } : {}),
        })
        .where("notice_id", "=", noticeId)
        .execute();
    }
    return rows.length;
  });

/** A look that takes no lock. */
export async function isOutboxWaiting(reader: Reader): Promise<boolean> {
  const row = await reader
    .tables<ChannelTables>()
    .selectFrom("notices")
    .select("notice_id")
    .where("is_pending", "=", 1)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

interface Addition {
  readonly noticeId: string;
  readonly notice: Notice;
  readonly delivery: PlannedDelivery;
  /** Places left in the queues of this transaction. */
  readonly space: Map<string, number>;
}

async function addDelivery(
  tx: Transaction,
  { noticeId, notice, delivery, space }: Addition,
  options: OutboxOptions,
): Promise<void> {
  const { limits, nowMs, newId } = options;
  if (await saidAlready(tx, delivery, nowMs - limits.quietMs)) return;
  const { targetId, recipientId, quietKey } = delivery;
  const left = space.get(targetId) ?? limits.queueLimit - (await countQueued(tx, targetId));
  space.set(targetId, left - 1);
  const isFull = left <= 0;
  await tx
    .tables<ChannelTables>()
    .insertInto("deliveries")
    .values({
      delivery_id: newId(),
      notice_id: noticeId,
      target_id: targetId,
      recipient_id: recipientId,
      state: isFull ? "dead" : "queued",
      digest_id: null,
      quiet_key: quietKey,
      repeats: 0,
      urgency: priorities.indexOf(notice.priority),
      created_at: isoOf(nowMs),
      due_at: isoOf(nowMs),
      give_up_at: isoOf(nowMs + limits.giveUpAfterMs),
      attempts: 0,
      sent_at: null,
      error: isFull ? "QUEUE_FULL: too many messages wait for this target" : null,
    })
    .execute();
}

/** Quiet: what was said, or is about to be, is not said again so soon; it is only counted. */
async function saidAlready(
  tx: Transaction,
  { quietKey }: PlannedDelivery,
  sinceMs: number,
): Promise<boolean> {
  const tables = tx.tables<ChannelTables>();
  const same = await tables
    .selectFrom("deliveries")
    .select("delivery_id")
    .where("quiet_key", "=", quietKey)
    .where("created_at", ">", isoOf(sinceMs))
    .where("state", "!=", "dead")
    .limit(1)
    .executeTakeFirst();
  if (!same) return false;
  await tables
    .updateTable("deliveries")
    .set((row) => ({ repeats: row("repeats", "+", 1) }))
    .where("delivery_id", "=", same.delivery_id)
    .execute();
  return true;
}

async function countQueued(tx: Transaction, targetId: string): Promise<number> {
  const row = await tx
    .tables<ChannelTables>()
    .selectFrom("deliveries")
    .select((column) => column.fn.countAll().as("count"))
    .where("target_id", "=", targetId)
    .where("state", "in", ["queued", "sending"])
    .executeTakeFirst();
  return Number(row?.count ?? 0);
}

export const isoOf = (ms: number): string => new Date(ms).toISOString();
