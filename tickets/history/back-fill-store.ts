import type { Transaction } from "@firebreak/kit/database.ts";
import type { Reader } from "../organisation/file-store.ts";
import { type BackFill, type BackFillSummary, type LatePiece, withPiece } from "./back-fill.ts";
import type { HistoryTables } from "./history-tables.ts";

/** Back-fills kept of one machine: the newest. */
export const BACK_FILLS_KEPT = 20;

/** Takes late data in, as part of what else came of their records; of the same records again it changes nothing. */
export async function noteLateData(tx: Transaction, pieces: readonly LatePiece[]): Promise<void> {
  if (pieces.length === 0) return;
  const machineIds = [...new Set(pieces.map(({ machineId }) => machineId))];
  const known = Map.groupBy(await load(tx, machineIds), ({ machineId }) => machineId);
  const changed = new Map<string, BackFill>();
  for (const piece of pieces) {
    const ofMachine = known.get(piece.machineId) ?? [];
    const one = withPiece(ofMachine, piece);
    if (one === undefined) continue;
    const others = ofMachine.filter(({ firstPosition }) => firstPosition !== one.firstPosition);
    known.set(
      piece.machineId,
      [...others, one].toSorted((a, b) => a.firstPosition - b.firstPosition),
    );
    changed.set(`${one.firstPosition} ${one.machineId}`, one);
  }
  await put(tx, [...changed.values()]);
  for (const [machineId, ofMachine] of known) {
    const oldest = ofMachine.at(-BACK_FILLS_KEPT);
    if (oldest && ofMachine.length > BACK_FILLS_KEPT)
      await tx
        .tables<HistoryTables>()
        .deleteFrom("back_fills")
        .where("machine_id", "=", machineId)
        .where("first_position", "<", oldest.firstPosition)
        .execute();
  }
}

const ROWS_AT_ONCE = 100;

async function put(tx: Transaction, all: readonly BackFill[]): Promise<void> {
  const rows = all.map((one) => ({
    machine_id: one.machineId,
    first_position: one.firstPosition,
    last_position: one.lastPosition,
    first_received_ms: one.firstReceivedMs,
    received_ms: one.receivedMs,
    from_ms: one.fromMs,
    to_ms: one.toMs,
    judged_position: one.judged?.position ?? null,
    judged_ms: one.judged?.atMs ?? null,
    summary: one.summary === undefined ? null : JSON.stringify(one.summary),
  }));
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE)
    await tx
      .tables<HistoryTables>()
      .insertInto("back_fills")
      .values(rows.slice(at, at + ROWS_AT_ONCE))
      .onConflict((conflict) =>
        conflict.columns(["machine_id", "first_position"]).doUpdateSet((column) => ({
          last_position: column.ref("excluded.last_position"),
          received_ms: column.ref("excluded.received_ms"),
          from_ms: column.ref("excluded.from_ms"),
          to_ms: column.ref("excluded.to_ms"),
        })),
      )
      .execute();
}

async function load(reader: Reader, machineIds: readonly string[]): Promise<BackFill[]> {
  const rows = await reader
    .tables<HistoryTables>()
    .selectFrom("back_fills")
    .selectAll()
    .where("machine_id", "in", [...machineIds])
    .orderBy("machine_id")
    .orderBy("first_position")
    .execute();
  return rows.map(toBackFill);
}

/** Of one machine, the newest first; those in which nothing was found are left out. */
export async function backFillsOf(reader: Reader, machineId: string): Promise<BackFill[]> {
  return (await load(reader, [machineId])).filter(({ summary }) => summary !== undefined).reverse();
}

/** Back-fills that grew since they were judged, the longest waiting first; at most `limit`. */
export async function unjudgedBackFills(reader: Reader, limit: number): Promise<BackFill[]> {
  const rows = await reader
    .tables<HistoryTables>()
    .selectFrom("back_fills")
    .selectAll()
    .where(({ eb, ref, or }) =>
      or([eb("judged_position", "is", null), eb("judged_position", "<", ref("last_position"))]),
    )
    .orderBy("received_ms")
    .orderBy("machine_id")
    .limit(limit)
    .execute();
  return rows.map(toBackFill);
}

/** Writes what is in it; undefined: nothing. The same again changes nothing but when. */
export async function putSummary(
  tx: Transaction,
  { machineId, firstPosition, lastPosition }: BackFill,
  { summary, atMs }: { readonly summary: BackFillSummary | undefined; readonly atMs: number },
): Promise<void> {
  await tx
    .tables<HistoryTables>()
    .updateTable("back_fills")
    .set({
      judged_position: lastPosition,
      judged_ms: atMs,
      summary: summary === undefined ? null : JSON.stringify(summary),
    })
    .where("machine_id", "=", machineId)
    .where("first_position", "=", firstPosition)
    .execute();
}

/** Numbers beyond 32 bits come as text from PostgreSQL. */
const toBackFill = (row: HistoryTables["back_fills"]): BackFill => ({
  machineId: row.machine_id,
  firstPosition: Number(row.first_position),
  lastPosition: Number(row.last_position),
  firstReceivedMs: Number(row.first_received_ms),
  receivedMs: Number(row.received_ms),
  fromMs: Number(row.from_ms),
  toMs: Number(row.to_ms),
  judged:
    row.judged_position === null
      ? undefined
      : { position: Number(row.judged_position), atMs: Number(row.judged_ms) },
  summary: row.summary === null ? undefined : (JSON.parse(row.summary) as BackFillSummary),
});
