import {
  type FilePage,
  type FileQuery,
  parseCursor,
  type Reader,
  type Stored,
  toCursor,
  unknown,
} from "./file-store.ts";
import type { OrganisationTables } from "./organisation-tables.ts";
import { type Station, toStation } from "./station.ts";

/** In the order of the stock file; the first is in charge of whatever has no station of its own. */
export async function loadStations(reader: Reader): Promise<Station[]> {
  return (await storedStations(reader)).map(({ file }) => file);
}

async function storedStations(reader: Reader): Promise<Stored<Station>[]> {
  const rows = await reader
    .tables<OrganisationTables>()
    .selectFrom("stations")
    .select(["body", "version"])
    .orderBy("position")
    .orderBy("station_id")
    .execute();
  return rows.map(({ body, version }) => ({
    file: toStation(JSON.parse(body)),
    version: Number(version),
  }));
}

/** @throws CodedError ORGANISATION_UNKNOWN */
export async function requireStation(reader: Reader, stationId: string): Promise<Stored<Station>> {
  const found = (await storedStations(reader)).find(({ file }) => file.stationId === stationId);
  if (!found) throw unknown("station", stationId);
  return found;
}

/** By id, as all lists are; there are few enough to look through. */
export async function pageOfStations(
  reader: Reader,
  { search = "", where = {}, limit, after }: FileQuery,
): Promise<FilePage<Station>> {
  const sought = search.toLowerCase();
  const start = after === undefined ? "" : parseCursor(after);
  const found = (await storedStations(reader))
    .filter(
      ({ file: { stationId, regionId, name } }) =>
        stationId > start &&
        (where.region_id === undefined || where.region_id === regionId) &&
        [stationId, name.en, name["zh-CN"]].some((text) => text.toLowerCase().includes(sought)),
    )
    .sort((a, b) => (a.file.stationId < b.file.stationId ? -1 : 1));
  const items = found.slice(0, limit);
  const last = found.length > limit ? items.at(-1) : undefined;
  return { items, next: last ? toCursor(last.file.stationId) : null };
}
