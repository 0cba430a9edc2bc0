import { type Clock, systemClock } from "@firebreak/kit/clock.ts";
import type { Database } from "@firebreak/kit/database.ts";
import { migrateAudit } from "./audit/audit-tables.ts";
import { migrateChannels } from "./channels/channels-tables.ts";
import { migrateCustomers } from "./customers/customers-tables.ts";
import { migrateExchange } from "./exchange/exchange-tables.ts";
import { migrateField } from "./field/field-tables.ts";
import { migrateForecast } from "./forecast/forecast-tables.ts";
import { migrateHistory } from "./history/history-tables.ts";
import { backfillKpis } from "./kpi/backfill-kpis.ts";
import { migrateKpi } from "./kpi/kpi-tables.ts";
import { migrateLessons } from "./lessons/lessons-tables.ts";
import {
  loadOrganisationOnce,
  readOrganisationFile,
} from "./organisation/load-organisation-file.ts";
import { migrateOrganisation } from "./organisation/organisation-tables.ts";
import { loadPartsOnce, loadStations, readPartsFiles } from "./parts/load-parts.ts";
import type { Station } from "./parts/parts-file.ts";
import { migrateParts } from "./parts/stock-tables.ts";
import { migratePlanner } from "./planner/planner-tables.ts";
import { refoldTickets } from "./refold-tickets.ts";
import { migrateShelving } from "./shelving/shelving-tables.ts";
import { migrateSilence } from "./silence/silence-tables.ts";
import { migrateTickets } from "./tables.ts";
import { createTicketIds } from "./ticket-ids.ts";
import { migrateVerification } from "./verification/verification-tables.ts";

/**
 * Makes the tables of tickets, parts, stock, the organisation and the machine registry, and books the parts files and
 * the organisation's into a database that has none yet. Returns the stations, the default one first.
 * @throws CodedError BAD_CONFIGURATION with every problem of the files at once, before anything is written
 */
export async function prepareTickets(
  db: Database,
  options: {
    readonly partsFile?: string;
    readonly stockFile?: string;
    readonly organisationFile?: string;
    readonly clock?: Clock;
  } = {},
): Promise<readonly Station[]> {
  const { partsFile, stockFile, organisationFile, clock = systemClock } = options;
  const nowMs = clock.nowMs();
  const at = new Date(nowMs).toISOString();
  const ids = createTicketIds(clock.nowMs);
  const organisation = readOrganisationFile(at, organisationFile);
  const catalogue = readPartsFiles(partsFile, stockFile);
  await migrateTicketTables(db);
  await loadPartsOnce(db, catalogue, { at, newId: ids.rowId });
  const actor = { kind: "system", id: "first-start" } as const;
  await refoldTickets(db);
  await backfillKpis(db);
  await loadOrganisationOnce(db, organisation, { actor, nowMs, at, ids });
  return loadStations(db);
}

/** Makes the tables alone, or brings them up to date. */
export async function migrateTicketTables(db: Database): Promise<void> {
  await migrateTickets(db);
  await migrateAudit(db);
  await migrateChannels(db);
  await migrateOrganisation(db);
  await migrateParts(db);
  await migratePlanner(db);
  await migrateSilence(db);
  await migrateShelving(db);
  await migrateField(db);
  await migrateExchange(db);
  await migrateKpi(db);
  await migrateLessons(db);
  await migrateForecast(db);
  await migrateHistory(db);
  await migrateVerification(db);
  await migrateCustomers(db);
}
