import type { Database, Transaction } from "@firebreak/kit/database.ts";
import type { ChannelLimits } from "./channels-defaults.ts";
import type { ChannelTables, DeliveryRow } from "./channels-tables.ts";
import { planFlood } from "./flood.ts";
import { isoOf } from "./outbox.ts";

/** A delivery that is being tried by us alone until its time is over. */
export interface Claim {
  readonly deliveryId: string;
  readonly recipientId: string;
  readonly noticeId: string | null;
  /** Attempts, this one included. */
  readonly attempts: number;
  readonly giveUpAtMs: number;
}

export interface ClaimOptions {
  readonly targetId: string;
  readonly nowMs: number;
  readonly limits: ChannelLimits;
  /** At most so many. */
  readonly most: number;
  readonly newId: () => string;
}

/** Longer than any attempt takes: whoever dies in between leaves the delivery to the next, under the same id. */
const leaseMs = ({ attemptTimeoutMs }: ChannelLimits): number => 3 * attemptTimeoutMs;

/**
 * Takes what is due at one target. For a person, the flood limit decides what goes out alone and what in a digest; the
 * digest gets its id here, before anything is sent.
 */
export const claimDue = (db: Database, options: ClaimOptions): Promise<Claim[]> =>
  db.transaction(async (tx) => {
    const claims: Claim[] = [];
    for (const recipientId of await dueRecipients(tx, options)) {
      const most = options.most - claims.length;
      if (most <= 0) break;
      const rows =
        recipientId === ""
          ? await readyRows(tx, recipientId, { ...options, most })
          : await rowsWithinFlood(tx, recipientId, options);
      for (const row of rows) claims.push(await take(tx, row, options));
    }
    return claims;
  });

const ofTarget = (tx: Transaction, { targetId }: ClaimOptions) =>
  tx
    .tables<ChannelTables>()
    .selectFrom("deliveries")
    .where("target_id", "=", targetId)
    .where("state", "in", ["queued", "sending"]);

async function dueRecipients(tx: Transaction, options: ClaimOptions): Promise<string[]> {
  const rows = await ofTarget(tx, options)
    .select((column) => ["recipient_id", column.fn.min("due_at").as("first")])
    .where("due_at", "<=", isoOf(options.nowMs))
    .groupBy("recipient_id")
    .orderBy("first")
    .orderBy("recipient_id")
    .limit(options.most)
    .execute();
  return rows.map(({ recipient_id }) => recipient_id);
}

const readyRows = (tx: Transaction, recipientId: string, options: ClaimOptions) =>
  ofTarget(tx, options)
    .selectAll()
    .where("recipient_id", "=", recipientId)
    .where("due_at", "<=", isoOf(options.nowMs))
    .orderBy("urgency")
    .orderBy("due_at")
    .orderBy("delivery_id")
    .limit(options.most)
    .execute();

async function rowsWithinFlood(
  tx: Transaction,
  recipientId: string,
  options: ClaimOptions,
): Promise<DeliveryRow[]> {
  const { nowMs, limits } = options;
  const due = await readyRows(tx, recipientId, { ...options, most: limits.floodLimit });
  // What failed before keeps its own due time; what nobody tried yet belongs together.
  const digests = due.filter(({ notice_id }) => notice_id === null);
  const fresh = await freshRows(tx, recipientId, options);
  const again = due.filter(({ notice_id, attempts }) => notice_id !== null && attempts > 0);
  const singles = [...again, ...fresh.rows].slice(0, limits.floodLimit);
  const waiting = {
    count: again.length + fresh.count,
    oldestMs: Date.parse(fresh.oldest ?? again[0]?.created_at ?? isoOf(nowMs)),
    digests: digests.length,
  };
  const told = await toldWithin(tx, recipientId, options);
  const plan = planFlood(waiting, told, nowMs, limits);
  const held = waiting.count - plan.single;
  const single = plan.single + (plan.isDigest && held === 1 ? 1 : 0);
  const alone = singles.slice(0, single);
  if (plan.againMs !== undefined) await postpone(tx, recipientId, plan.againMs, options);
  const grouped =
    plan.isDigest && held > 1 ? [await group(tx, recipientId, { alone, options })] : [];
  return [...digests.slice(0, plan.digests), ...alone, ...grouped];
}

async function freshRows(tx: Transaction, recipientId: string, options: ClaimOptions) {
  const fresh = ofTarget(tx, options)
    .where("recipient_id", "=", recipientId)
    .where("attempts", "=", 0)
    .where("notice_id", "is not", null);
  const sum = await fresh
    .select(({ fn }) => [fn.countAll().as("count"), fn.min("created_at").as("oldest")])
    .executeTakeFirst();
  const rows = await fresh
    .selectAll()
    .orderBy("urgency")
    .orderBy("created_at")
    .orderBy("delivery_id")
    .limit(options.limits.floodLimit)
    .execute();
  return { rows, count: Number(sum?.count ?? 0), oldest: sum?.oldest ?? undefined };
}

/** Over all targets: it is one person. What is being sent counts as sent. */
async function toldWithin(tx: Transaction, recipientId: string, options: ClaimOptions) {
  const { nowMs, limits } = options;
  const since = isoOf(nowMs - limits.floodWindowMs);
  const tables = tx.tables<ChannelTables>();
  const sent = await tables
    .selectFrom("deliveries")
    .select("sent_at")
    .where("recipient_id", "=", recipientId)
    .where("state", "=", "sent")
    .where("sent_at", ">", since)
    .execute();
  const sending = await tables
    .selectFrom("deliveries")
    .select("delivery_id")
    .where("recipient_id", "=", recipientId)
    .where("state", "=", "sending")
    .where("due_at", ">", isoOf(nowMs))
    .execute();
  return [...sent.map((row) => Date.parse(row.sent_at ?? "")), ...sending.map(() => nowMs)].sort(
    (a, b) => a - b,
  );
}

/** What is held back is looked at again when the window opens. */
async function postpone(
  tx: Transaction,
  recipientId: string,
  againMs: number,
  { targetId, nowMs }: ClaimOptions,
): Promise<void> {
  await tx
    .tables<ChannelTables>()
    .updateTable("deliveries")
    .set({ due_at: isoOf(againMs) })
    .where("target_id", "=", targetId)
    .where("recipient_id", "=", recipientId)
    .where("state", "=", "queued")
    .where("due_at", "<=", isoOf(nowMs))
    .execute();
}

/** One digest of all that waits for this person here, but for those that go out alone. */
async function group(
  tx: Transaction,
  recipientId: string,
  parts: { readonly alone: readonly DeliveryRow[]; readonly options: ClaimOptions },
): Promise<DeliveryRow> {
  const { targetId, nowMs, limits, newId } = parts.options;
  const digestId = newId();
  let members = tx
    .tables<ChannelTables>()
    .updateTable("deliveries")
    .set({ state: "grouped", digest_id: digestId })
    .where("target_id", "=", targetId)
    .where("recipient_id", "=", recipientId)
    .where("state", "in", ["queued", "sending"])
    .where(({ or, eb }) => or([eb("attempts", "=", 0), eb("due_at", "<=", isoOf(nowMs))]))
    .where("notice_id", "is not", null);
  const alone = parts.alone.map(({ delivery_id }) => delivery_id);
  if (alone.length > 0) members = members.where("delivery_id", "not in", alone);
  await members.execute();
  const row: DeliveryRow = {
    delivery_id: digestId,
    notice_id: null,
    target_id: targetId,
    recipient_id: recipientId,
    state: "queued",
    digest_id: null,
    quiet_key: digestId,
    repeats: 0,
    urgency: 0,
    created_at: isoOf(nowMs),
    due_at: isoOf(nowMs),
    give_up_at: isoOf(nowMs + limits.giveUpAfterMs),
    attempts: 0,
    sent_at: null,
    error: null,
  };
  await tx.tables<ChannelTables>().insertInto("deliveries").values(row).execute();
  return row;
}

async function take(tx: Transaction, row: DeliveryRow, options: ClaimOptions): Promise<Claim> {
  const attempts = row.attempts + 1;
  await tx
    .tables<ChannelTables>()
    .updateTable("deliveries")
    .set({ state: "sending", attempts, due_at: isoOf(options.nowMs + leaseMs(options.limits)) })
    .where("delivery_id", "=", row.delivery_id)
    .execute();
  return {
    deliveryId: row.delivery_id,
    recipientId: row.recipient_id,
    noticeId: row.notice_id,
    attempts,
    giveUpAtMs: Date.parse(row.give_up_at),
  };
}
