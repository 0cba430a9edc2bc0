import { type Clock, systemClock } from "@firebreak/kit/clock.ts";
import type { Database } from "@firebreak/kit/database.ts";
import { migrateChannels } from "./channels/channels-tables.ts";
import { migrateField } from "./field/field-tables.ts";
import { migrateOrganisation } from "./organisation/organisation-tables.ts";
import { loadPartsOnce, loadStations, readPartsFiles } from "./parts/load-parts.ts";
import type { Station } from "./parts/parts-file.ts";
import { migrateTickets } from "./tables.ts";
import { createTicketIds } from "./ticket-ids.ts";

/**
 * Makes the tables of tickets, parts, stock and the machine registry, and books the parts files into a database that
 * has none yet. Returns the stations, the default one first.
 * @throws CodedError BAD_CONFIGURATION with every problem of both files at once, before anything is written
 */
export async function prepareTickets(
  db: Database,
  options: {
    readonly partsFile?: string;
    readonly stockFile?: string;
    readonly clock?: Clock;
  } = {},
): Promise<readonly Station[]> {
  const { partsFile, stockFile, clock = systemClock } = options;
  const catalogue = readPartsFiles(partsFile, stockFile);
  await migrateTickets(db);
  await migrateChannels(db);
  await migrateOrganisation(db);
  await migrateField(db);
  await loadPartsOnce(db, catalogue, {
    at: new Date(clock.nowMs()).toISOString(),
    newId: createTicketIds(clock.nowMs).rowId,
  });
  return loadStations(db);
}
