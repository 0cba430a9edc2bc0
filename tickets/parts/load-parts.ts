import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Database } from "@firebreak/kit/database.ts";
import { type PartsCatalogue, parsePartsFiles, type Station } from "./parts-file.ts";
import type { PartsTables } from "./parts-tables.ts";

export const demoPartsFile = join(import.meta.dirname, "demo-parts.yaml");
export const demoStockFile = join(import.meta.dirname, "demo-stock.yaml");

/** @throws CodedError BAD_CONFIGURATION with every problem of both files */
export const readPartsFiles = (
  partsFile = demoPartsFile,
  stockFile = demoStockFile,
): PartsCatalogue =>
  parsePartsFiles(
    { file: partsFile, text: readFileSync(partsFile, "utf8") },
    { file: stockFile, text: readFileSync(stockFile, "utf8") },
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
    for (const { partNo, stationId, bin, quantity } of catalogue.stock) {
      const item = { part_no: partNo, station_id: stationId };
      await tables
        .insertInto("stock_items")
        .values({ ...item, bin, on_hand: quantity, reserved: 0 })
        .execute();
      await tables
        .insertInto("stock_movements")
        .values({
          ...item,
          movement_id: newId(),
          kind: "receipt",
          quantity,
          ticket_id: null,
          actor: "first-start",
          at,
        })
        .execute();
    }
    return true;
  });
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
