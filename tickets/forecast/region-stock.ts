import type { Database, Transaction } from "@firebreak/kit/database.ts";
import { loadLocations, stockTablesOf } from "../parts/stock-locations.ts";

type Reader = Pick<Database | Transaction, "tables">;

/** What lies in a region, in all its places. */
export interface RegionStock {
  readonly regionId: string;
  readonly partNo: string;
  readonly onHand: number;
  readonly reserved: number;
  readonly inTransit: number;
}

export async function loadRegionStock(reader: Reader): Promise<RegionStock[]> {
  const locations = await loadLocations(reader);
  const rows = await stockTablesOf(reader)
    .selectFrom("stock_levels")
    .select(["part_no", "location_id", "on_hand", "reserved", "in_transit_in"])
    .execute();
  const regionOf = (locationId: string) => locations.get(locationId)?.regionId ?? "";
  const groups = Map.groupBy(rows, (row) =>
    JSON.stringify([regionOf(row.location_id), row.part_no]),
  );
  return [...groups].map(([key, alike]) => {
    const [regionId, partNo] = JSON.parse(key) as [string, string];
    const sum = (name: "on_hand" | "reserved" | "in_transit_in") =>
      alike.reduce((total, row) => total + Number(row[name]), 0);
    const [onHand, reserved, inTransit] = [sum("on_hand"), sum("reserved"), sum("in_transit_in")];
    return { regionId, partNo, onHand, reserved, inTransit };
  });
}

export interface Consumption {
  readonly partNo: string;
  readonly regionId: string;
  readonly quantity: number;
  readonly at: string;
}

/** Pieces that reports say were used, from `from`, included, to `to`, excluded; instants. */
export async function loadConsumption(
  reader: Reader,
  { from, to, partNo }: { readonly from: string; readonly to: string; readonly partNo?: string },
): Promise<Consumption[]> {
  const locations = await loadLocations(reader);
  let query = stockTablesOf(reader)
    .selectFrom("stock_ledger")
    .select(["part_no", "location_id", "amount", "at"])
    .where("kind", "=", "consume")
    .where("at", ">=", from)
    .where("at", "<", to);
  if (partNo !== undefined) query = query.where("part_no", "=", partNo);
  return (await query.execute()).map((row) => ({
    partNo: row.part_no,
    regionId: locations.get(row.location_id)?.regionId ?? "",
    quantity: Number(row.amount),
    at: row.at,
  }));
}
