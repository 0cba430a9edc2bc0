import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Database, Transaction } from "@firebreak/kit/database.ts";
import type { OrganisationTables } from "../organisation/organisation-tables.ts";
import type { ServiceWork } from "../service-work.ts";
import type { StockLocation } from "./location.ts";
import type { StockTables } from "./stock-tables.ts";

/** Both see the same tables: one what is committed, the other its own writes too. */
export type Reader = Pick<Database | Transaction, "tables">;

export const stockTablesOf = (reader: Reader) => reader.tables<StockTables>();

const filesOf = (reader: Reader) => reader.tables<OrganisationTables>();

/**
 * Places by id; all of them when no ids are given. What the organisation says of its stations and centres (name, region,
 * coordinates) counts, and a station or centre without stock yet is a place too.
 */
export async function loadLocations(
  reader: Reader,
  ids?: readonly string[],
): Promise<Map<string, StockLocation>> {
  if (ids?.length === 0) return new Map();
  const own = stockTablesOf(reader).selectFrom("stock_locations").select("body");
  const rows = await (ids ? own.where("location_id", "in", ids) : own)
    .orderBy("location_id")
    .execute();
  const locations = new Map<string, StockLocation>();
  for (const { body } of rows) {
    const location: StockLocation = JSON.parse(body);
    locations.set(location.locationId, location);
  }
  for (const location of await organisationPlaces(reader, ids)) {
    const { parentId } = locations.get(location.locationId) ?? {};
    const point = location.point ?? locations.get(location.locationId)?.point;
    locations.set(location.locationId, {
      ...location,
      ...(parentId === undefined ? {} : { parentId }),
      ...(point === undefined ? {} : { point }),
    });
  }
  return locations;
}

async function organisationPlaces(
  reader: Reader,
  ids: readonly string[] | undefined,
): Promise<StockLocation[]> {
  const stations = filesOf(reader).selectFrom("stations").select("body");
  const centres = filesOf(reader).selectFrom("centres").select("body");
  const [stationRows, centreRows] = [
    await (ids ? stations.where("station_id", "in", ids) : stations).execute(),
    await (ids ? centres.where("id", "in", ids) : centres).execute(),
  ];
  return [
    ...stationRows.map(({ body }): StockLocation => {
      const { stationId, name, regionId, location } = JSON.parse(body);
      return placeOf({ locationId: stationId, kind: "station", name, regionId }, location);
    }),
    ...centreRows.map(({ body }): StockLocation => {
      const { centreId, kind, name, regionId = "", location } = JSON.parse(body);
      return placeOf({ locationId: centreId, kind, name, regionId }, location);
    }),
  ];
}

const placeOf = (
  location: StockLocation,
  point: { readonly lat: number; readonly lon: number } | undefined,
): StockLocation => (point ? { ...location, point: { lat: point.lat, lon: point.lon } } : location);

/** @throws CodedError STOCK_LOCATION_UNKNOWN */
export async function requireLocation(reader: Reader, locationId: string): Promise<StockLocation> {
  const location = (await loadLocations(reader, [locationId])).get(locationId);
  if (!location)
    throw new CodedError("STOCK_LOCATION_UNKNOWN", `there is no stock location ${locationId}`);
  return location;
}

/** Writes a place, new or changed. Stations and centres of the organisation keep what the organisation says of them. */
export async function putLocation(
  { tx }: Pick<ServiceWork, "tx">,
  location: StockLocation,
): Promise<void> {
  const row = {
    kind: location.kind,
    region_id: location.regionId,
    engineer_id: location.engineerId ?? null,
    body: JSON.stringify(location),
  };
  await stockTablesOf(tx)
    .insertInto("stock_locations")
    .values({ location_id: location.locationId, ...row })
    .onConflict((conflict) => conflict.column("location_id").doUpdateSet(row))
    .execute();
}

/**
 * Sees to it that a place has a row of its own, which stock needs.
 * @throws CodedError STOCK_LOCATION_UNKNOWN
 */
export async function ensureLocation(
  work: Pick<ServiceWork, "tx">,
  locationId: string,
): Promise<StockLocation> {
  const location = await requireLocation(work.tx, locationId);
  const row = await stockTablesOf(work.tx)
    .selectFrom("stock_locations")
    .select("location_id")
    .where("location_id", "=", locationId)
    .executeTakeFirst();
  if (!row) await putLocation(work, location);
  return location;
}

/** The vehicle that is an engineer's; undefined when he has none. */
export async function vehicleOf(
  reader: Reader,
  engineerId: string,
): Promise<StockLocation | undefined> {
  const row = await stockTablesOf(reader)
    .selectFrom("stock_locations")
    .select("body")
    .where("engineer_id", "=", engineerId)
    .where("kind", "=", "vehicle")
    .orderBy("location_id")
    .executeTakeFirst();
  return row && (JSON.parse(row.body) as StockLocation);
}
