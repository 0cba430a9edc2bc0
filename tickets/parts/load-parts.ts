import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Database, Transaction } from "@firebreak/kit/database.ts";
import { keptParsedTexts } from "@firebreak/kit/parsed-texts.ts";
import {
  type FirstStock,
  type PartsCatalogue,
  parsePartsFiles,
  type Station,
} from "./parts-file.ts";
import type { PartsTables } from "./parts-tables.ts";
import { putLocation, stockTablesOf } from "./stock-locations.ts";

export const demoPartsFile = join(import.meta.dirname, "demo-parts.yaml");
export const demoStockFile = join(import.meta.dirname, "demo-stock.yaml");

/** @throws CodedError BAD_CONFIGURATION with every problem of both files */
export const readPartsFiles = (
  partsFile = demoPartsFile,
  stockFile = demoStockFile,
): PartsCatalogue =>
  parsePartsFiles(
    { file: partsFile, text: readFileSync(partsFile, "utf8"), parsed: keptParsedTexts },
    { file: stockFile, text: readFileSync(stockFile, "utf8"), parsed: keptParsedTexts },
  );

/** Books the catalogue into a database that knows no station yet; into any other, nothing. True when it did. */
export async function loadPartsOnce(
  db: Database,
  catalogue: PartsCatalogue,
  { at, newId }: { readonly at: string; readonly newId: () => string },
): Promise<boolean> {
  return db.transaction(async (tx) => {
    const tables = tx.tables<PartsTables>();
    const known = await tables.selectFrom("stations").select("station_id").limit(1).execute();
    if (known.length > 0) return false;
    for (const part of catalogue.parts)
      await tables
        .insertInto("parts")
        .values({ part_no: part.partNo, body: JSON.stringify(part) })
        .execute();
    for (const [position, station] of catalogue.stations.entries())
      await tables
        .insertInto("stations")
        .values({ station_id: station.stationId, position, body: JSON.stringify(station) })
        .execute();
    for (const location of catalogue.locations) await putLocation({ tx }, location);
    for (const item of catalogue.stock) await bookFirst(tx, item, { at, newId });
    return true;
  });
}

async function bookFirst(
  tx: Transaction,
  item: FirstStock,
  { at, newId }: { readonly at: string; readonly newId: () => string },
): Promise<void> {
  const { partNo, locationId, quantity, ringFenced } = item;
  await stockTablesOf(tx)
    .insertInto("stock_levels")
    .values({
      part_no: partNo,
      location_id: locationId,
      bin: item.bin,
      on_hand: quantity,
      reserved: 0,
      in_transit_in: 0,
      fenced_exceed: ringFenced.exceed,
      fenced_above: ringFenced.above,
      fenced_meet: ringFenced.meet,
      planned: item.plannedQty,
      min_qty: item.min,
      target_qty: item.target,
      max_qty: item.max,
    })
    .execute();
  if (quantity === 0) return;
  await stockTablesOf(tx)
    .insertInto("stock_ledger")
    .values({
      movement_id: newId(),
      part_no: partNo,
      location_id: locationId,
      kind: "receipt",
      quantity,
      amount: quantity,
      counterpart_id: null,
      ticket_id: null,
      transfer_id: null,
      loan_id: null,
      report_line: null,
      reason: "first stock",
      actor: "first-start",
      at,
    })
    .execute();
}

/** Stations in the order of the file; the first is in charge of machines that have none of their own. */
export async function loadStations(db: Database): Promise<Station[]> {
  const rows = await db
    .tables<PartsTables>()
    .selectFrom("stations")
    .select("body")
    .orderBy("position")
    .execute();
  return rows.map(({ body }) => JSON.parse(body) as Station);
}
