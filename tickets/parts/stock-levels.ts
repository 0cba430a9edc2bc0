import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { ServiceWork } from "../service-work.ts";
import type { Part } from "./part.ts";
import type { StockItem } from "./stock-item.ts";
import { ensureLocation, type Reader, stockTablesOf } from "./stock-locations.ts";
import type { StockLevelRow } from "./stock-tables.ts";

export const toItem = (row: StockLevelRow): StockItem => ({
  partNo: row.part_no,
  locationId: row.location_id,
  bin: row.bin,
  onHand: row.on_hand,
  reserved: row.reserved,
  inTransitIn: row.in_transit_in,
  ringFenced: { exceed: row.fenced_exceed, above: row.fenced_above, meet: row.fenced_meet },
  plannedQty: row.planned,
  min: row.min_qty,
  target: row.target_qty,
  max: row.max_qty,
});

/** What places have of these parts, whether any is left or not. */
export async function loadItems(reader: Reader, partNos: readonly string[]): Promise<StockItem[]> {
  if (partNos.length === 0) return [];
  const rows = await stockTablesOf(reader)
    .selectFrom("stock_levels")
    .selectAll()
    .where("part_no", "in", partNos)
    .orderBy("location_id")
    .orderBy("part_no")
    .execute();
  return rows.map(toItem);
}

export async function findItem(
  reader: Reader,
  partNo: string,
  locationId: string,
): Promise<StockItem | undefined> {
  const row = await stockTablesOf(reader)
    .selectFrom("stock_levels")
    .selectAll()
    .where("part_no", "=", partNo)
    .where("location_id", "=", locationId)
    .executeTakeFirst();
  return row && toItem(row);
}

/** Parts of the master by number; those it does not know are missing. */
export async function loadParts(
  reader: Reader,
  partNos: readonly string[],
): Promise<Map<string, Part>> {
  if (partNos.length === 0) return new Map();
  const rows = await reader
    .tables<{ parts: { part_no: string; body: string } }>()
    .selectFrom("parts")
    .selectAll()
    .where("part_no", "in", partNos)
    .execute();
  return new Map(rows.map(({ part_no, body }) => [part_no, JSON.parse(body) as Part]));
}

/** @throws CodedError PART_UNKNOWN */
export async function requirePart(reader: Reader, partNo: string): Promise<Part> {
  const part = (await loadParts(reader, [partNo])).get(partNo);
  if (!part) throw new CodedError("PART_UNKNOWN", `the parts master has no part ${partNo}`);
  return part;
}

const NO_BIN = "-";

/**
 * Sees to it that a place keeps a part, if only none of it.
 * @throws CodedError PART_UNKNOWN, STOCK_LOCATION_UNKNOWN
 */
export async function ensureItem(
  work: Pick<ServiceWork, "tx">,
  partNo: string,
  locationId: string,
  bin: string = NO_BIN,
): Promise<StockItem> {
  const found = await findItem(work.tx, partNo, locationId);
  if (found) return found;
  await requirePart(work.tx, partNo);
  await ensureLocation(work, locationId);
  await stockTablesOf(work.tx)
    .insertInto("stock_levels")
    .values({
      part_no: partNo,
      location_id: locationId,
      bin,
      on_hand: 0,
      reserved: 0,
      in_transit_in: 0,
      fenced_exceed: 0,
      fenced_above: 0,
      fenced_meet: 0,
      planned: 0,
      min_qty: 0,
      target_qty: 0,
      max_qty: 0,
    })
    .execute();
  return ensureItem(work, partNo, locationId, bin);
}
