import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Database } from "@firebreak/kit/database.ts";
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
    const parts = catalogue.parts.map((part) => ({
      part_no: part.partNo,
      body: JSON.stringify(part),
    }));
    for (const some of inRows(parts)) await tables.insertInto("parts").values(some).execute();
    const stations = catalogue.stations.map((station, position) => ({
      ...{ station_id: station.stationId, position },
      body: JSON.stringify(station),
    }));
    for (const some of inRows(stations)) await tables.insertInto("stations").values(some).execute();
    for (const location of catalogue.locations) await putLocation({ tx }, location);
    const stock = stockTablesOf(tx);
    for (const some of inRows(catalogue.stock.map(levelOf)))
      await stock.insertInto("stock_levels").values(some).execute();
    const receipts = catalogue.stock
      .filter(({ quantity }) => quantity > 0)
      .map((item) => receiptOf(item, { at, movementId: newId() }));
    for (const some of inRows(receipts))
      await stock.insertInto("stock_ledger").values(some).execute();
    return true;
  });
}

const rowsAtOnce = 100;

function* inRows<Row>(rows: readonly Row[]): Generator<Row[]> {
  for (let at = 0; at < rows.length; at += rowsAtOnce) yield rows.slice(at, at + rowsAtOnce);
}

const levelOf = ({ partNo, locationId, quantity, ringFenced, ...item }: FirstStock) => ({
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
});

const receiptOf = (
  { partNo, locationId, quantity }: FirstStock,
  { at, movementId }: { readonly at: string; readonly movementId: string },
) => ({
  movement_id: movementId,
  part_no: partNo,
  location_id: locationId,
  kind: "receipt" as const,
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
});

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
