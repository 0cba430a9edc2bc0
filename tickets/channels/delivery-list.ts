import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Database } from "@firebreak/kit/database.ts";
import type { ChannelTables, DeliveryRow, DeliveryState } from "./channels-tables.ts";
import type { Notice } from "./notice.ts";
import { isoOf } from "./outbox.ts";
import type { Reader } from "./recipients.ts";

export interface DeliveryView {
  readonly deliveryId: string;
  readonly targetId: string;
  /** A person's id; empty for a system, `group:<target>` for a chat. */
  readonly recipientId: string;
  readonly state: DeliveryState;
  /** Absent for a digest: ask for the deliveries with its id as `digest`. */
  readonly notice?: Notice;
  readonly repeats: number;
  readonly attempts: number;
  readonly createdAt: string;
  readonly dueAt: string;
  readonly sentAt: string | null;
  readonly error: string | null;
}

export interface DeliveryQuery {
  readonly targetId?: string;
  /** `undelivered`: waiting and dead. */
  readonly state?: "undelivered" | "dead" | "sent";
  /** Those that one digest tells. */
  readonly digestId?: string;
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string;
}

export interface DeliveryPage {
  readonly items: DeliveryView[];
  readonly next: string | null;
}

const statesOf: Readonly<Record<NonNullable<DeliveryQuery["state"]>, readonly DeliveryState[]>> = {
  undelivered: ["queued", "sending", "grouped", "dead"],
  dead: ["dead"],
  sent: ["sent", "digested"],
};

/** Newest first. */
export async function loadDeliveries(reader: Reader, query: DeliveryQuery): Promise<DeliveryPage> {
  const { targetId, state, digestId, limit, after } = query;
  const size = Math.min(Math.max(1, limit), 200);
  let rows = reader
    .tables<ChannelTables>()
    .selectFrom("deliveries")
    .leftJoin("notices", "notices.notice_id", "deliveries.notice_id")
    .selectAll("deliveries")
    .select("notices.body")
    .orderBy("deliveries.created_at", "desc")
    .orderBy("deliveries.delivery_id", "desc")
    .limit(size + 1);
  if (targetId !== undefined) rows = rows.where("deliveries.target_id", "=", targetId);
  if (digestId !== undefined) rows = rows.where("deliveries.digest_id", "=", digestId);
  if (state !== undefined) rows = rows.where("deliveries.state", "in", [...statesOf[state]]);
  if (after !== undefined) {
    const [createdAt, deliveryId] = parseCursor(after);
    rows = rows.where(({ or, and, eb }) =>
      or([
        eb("deliveries.created_at", "<", createdAt),
        and([
          eb("deliveries.created_at", "=", createdAt),
          eb("deliveries.delivery_id", "<", deliveryId),
        ]),
      ]),
    );
  }
  const found = await rows.execute();
  const shown = found.slice(0, size);
  const last = found.length > size ? shown.at(-1) : undefined;
  return {
    items: shown.map(toView),
    next: last ? toCursor(last.created_at, last.delivery_id) : null,
  };
}

function toView(row: DeliveryRow & { body: string | null }): DeliveryView {
  return {
    deliveryId: row.delivery_id,
    targetId: row.target_id,
    recipientId: row.recipient_id,
    state: row.state,
    ...(row.body === null ? {} : { notice: withoutPath(JSON.parse(row.body) as Notice) }),
    repeats: row.repeats,
    attempts: row.attempts,
    createdAt: row.created_at,
    dueAt: row.due_at,
    sentAt: row.sent_at,
    error: row.error,
  };
}

/** A customer's link opens something for whoever has it; the list shows that it was sent, not where it leads. */
function withoutPath({ facts, ...notice }: Notice): Notice {
  if (!facts) return notice;
  const { path: _path, ...shown } = facts;
  return { ...notice, facts: shown };
}

const toCursor = (createdAt: string, deliveryId: string): string =>
  Buffer.from(`${createdAt} ${deliveryId}`).toString("base64url");

function parseCursor(cursor: string): [createdAt: string, deliveryId: string] {
  const [createdAt, deliveryId, more] = Buffer.from(cursor, "base64url").toString().split(" ");
  if (!createdAt || !deliveryId || more !== undefined || Number.isNaN(Date.parse(createdAt)))
    throw new CodedError("BAD_CURSOR", "this is not a `next` of a page of deliveries");
  return [createdAt, deliveryId];
}

export interface TargetCounts {
  readonly queuedCount: number;
  readonly deadCount: number;
  /** Of what is still kept. */
  readonly sentCount: number;
}

export async function targetCounts(reader: Reader): Promise<Map<string, TargetCounts>> {
  const rows = await reader
    .tables<ChannelTables>()
    .selectFrom("deliveries")
    .select(({ fn }) => ["target_id", "state", fn.countAll().as("count")])
    .groupBy(["target_id", "state"])
    .execute();
  const sums = new Map<string, Map<string, number>>();
  for (const { target_id, state, count } of rows) {
    const ofTarget = sums.get(target_id) ?? new Map<string, number>();
    ofTarget.set(state, Number(count));
    sums.set(target_id, ofTarget);
  }
  return new Map(
    [...sums].map(([targetId, states]) => {
      const sum = (...names: DeliveryState[]) =>
        names.reduce((total, name) => total + (states.get(name) ?? 0), 0);
      return [
        targetId,
        {
          queuedCount: sum("queued", "sending", "grouped"),
          deadCount: sum("dead"),
          sentCount: sum("sent", "digested"),
        },
      ];
    }),
  );
}

/** @throws CodedError DELIVERY_UNKNOWN when one was named and is not dead */
export const requeue = (
  db: Database,
  what: { readonly deliveryId: string } | { readonly targetId: string },
  { nowMs, giveUpAtMs }: { readonly nowMs: number; readonly giveUpAtMs: number },
): Promise<number> =>
  db.transaction(async (tx) => {
    const change = tx
      .tables<ChannelTables>()
      .updateTable("deliveries")
      .set({ state: "queued", due_at: isoOf(nowMs), give_up_at: isoOf(giveUpAtMs), error: null })
      .where("state", "=", "dead");
    const { numUpdatedRows } = await ("deliveryId" in what
      ? change.where("delivery_id", "=", what.deliveryId)
      : change.where("target_id", "=", what.targetId)
    ).executeTakeFirst();
    if ("deliveryId" in what && numUpdatedRows === 0n)
      throw new CodedError("DELIVERY_UNKNOWN", "there is no such dead delivery");
    return Number(numUpdatedRows);
  });

export const forgetOldDeliveries = (db: Database, beforeMs: number): Promise<void> =>
  db.transaction(async (tx) => {
    const tables = tx.tables<ChannelTables>();
    await tables
      .deleteFrom("deliveries")
      .where("state", "in", ["sent", "digested"])
      .where("created_at", "<", isoOf(beforeMs))
      .execute();
    await tables
      .deleteFrom("notices")
      .where("is_pending", "=", 0)
      .where("at", "<", isoOf(beforeMs))
      .where("notice_id", "not in", (rows) =>
        rows.selectFrom("deliveries").select("notice_id").where("notice_id", "is not", null),
      )
      .execute();
  });
