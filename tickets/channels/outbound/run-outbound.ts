import type { Database, Transaction } from "@firebreak/kit/database.ts";
import type { OutboundAdapter, OutboundBatch, OutboundKind, OutboundRow } from "./adapter.ts";
import { findFacts } from "./facts.ts";
import type { OutboundTables } from "./outbound-tables.ts";

/** Rows of one file. */
const BATCH_ROWS = 1_000;

const tablesOf = (reader: Pick<Database | Transaction, "tables">) =>
  reader.tables<OutboundTables>();

/**
 * Numbers what is new and hands it to the adapter, batch after batch; returns how many rows went out. Every row is in
 * exactly one batch, and a batch that was begun is finished before a new one, with the same rows: a process killed at any
 * point repeats at most one whole batch under its old number.
 */
export async function runOutbound(
  db: Database,
  adapter: OutboundAdapter,
  nowMs: () => number,
): Promise<number> {
  await db.transaction((tx) => numberFacts(tx));
  let sent = 0;
  for (const kind of adapter.kinds)
    for (;;) {
      const batch = await db.transaction((tx) => nextBatch(tx, adapter.name, kind));
      if (!batch) break;
      await adapter.write(batch);
      await db.transaction(async (tx) => {
        await tablesOf(tx)
          .updateTable("outbound_batches")
          .set({ done_at: new Date(nowMs()).toISOString() })
          .where("adapter", "=", adapter.name)
          .where("kind", "=", kind)
          .where("batch_no", "=", batch.batchNo)
          .execute();
      });
      sent += batch.rows.length;
    }
  return sent;
}

/** Facts are recognised by their key, not by their time: what was committed late is not overlooked. */
async function numberFacts(tx: Transaction): Promise<void> {
  const last = await tablesOf(tx)
    .selectFrom("outbound_rows")
    .select(({ fn }) => fn.max("row_offset").as("last"))
    .executeTakeFirst();
  let offset = Number(last?.last ?? 0);
  for (const { kind, key, at, values } of await findFacts(tx)) {
    offset += 1;
    await tablesOf(tx)
      .insertInto("outbound_rows")
      .values({
        row_offset: offset,
        kind,
        fact_key: key,
        fact_at: at,
        body: JSON.stringify(values),
      })
      .execute();
  }
}

async function nextBatch(
  tx: Transaction,
  adapter: string,
  kind: OutboundKind,
): Promise<OutboundBatch | undefined> {
  const last = await tablesOf(tx)
    .selectFrom("outbound_batches")
    .selectAll()
    .where("adapter", "=", adapter)
    .where("kind", "=", kind)
    .orderBy("batch_no", "desc")
    .limit(1)
    .executeTakeFirst();
  if (last && last.done_at === null) {
    const rows = await rowsBetween(tx, kind, last.from_offset, last.to_offset);
    return { batchNo: last.batch_no, kind, rows };
  }
  const rows = await rowsBetween(tx, kind, (last?.to_offset ?? 0) + 1);
  const [first] = rows;
  const end = rows.at(-1);
  if (!first || !end) return undefined;
  const batchNo = (last?.batch_no ?? 0) + 1;
  await tablesOf(tx)
    .insertInto("outbound_batches")
    .values({
      adapter,
      kind,
      batch_no: batchNo,
      from_offset: first.offset,
      to_offset: end.offset,
      done_at: null,
    })
    .execute();
  return { batchNo, kind, rows };
}

async function rowsBetween(
  tx: Transaction,
  kind: OutboundKind,
  from: number,
  to = Number.MAX_SAFE_INTEGER,
): Promise<OutboundRow[]> {
  let query = tablesOf(tx)
    .selectFrom("outbound_rows")
    .selectAll()
    .where("kind", "=", kind)
    .where("row_offset", ">=", from)
    .orderBy("row_offset")
    .limit(BATCH_ROWS);
  if (to !== Number.MAX_SAFE_INTEGER) query = query.where("row_offset", "<=", to);
  return (await query.execute()).map(({ row_offset, body }) => ({
    offset: row_offset,
    kind,
    values: JSON.parse(body) as OutboundRow["values"],
  }));
}
