import type { Commitment } from "./commitment.ts";
import type { Known, OrganisationDraft } from "./draft.ts";
import { overrideKind } from "./file-kinds.ts";
import { allFiles, inBatches, type Reader } from "./file-store.ts";
import { loadRegions } from "./load-organisation.ts";
import { type MachineFile, serialKeyOf } from "./machine-file.ts";
import type { OrganisationTables } from "./organisation-tables.ts";
import { loadStations } from "./station-store.ts";

/** What is stored of all that a draft speaks of. */
export async function loadKnown(reader: Reader, draft: OrganisationDraft): Promise<Known> {
  const { stations, customers, sites, engineers, machines, commitments } = draft;
  const tables = reader.tables<OrganisationTables>();
  const ids = (table: "customers" | "engineers", wanted: readonly (string | undefined)[]) =>
    inBatches(wanted, (batch) =>
      tables.selectFrom(table).select("id").where("id", "in", batch).execute(),
    );
  const customerIds = [
    ...sites.map(({ customerId }) => customerId),
    ...machines.map(({ customerId }) => customerId),
    ...commitments.map(({ customerId }) => customerId),
    ...customers.map(({ customerId }) => customerId),
  ];
  const engineerIds = [
    ...stations.map(({ managerId }) => managerId),
    ...machines.map(({ responsibleEngineerId }) => responsibleEngineerId),
    ...commitments.map(({ stationedEngineerId }) => stationedEngineerId),
    ...engineers.map(({ engineerId }) => engineerId),
  ];
  const siteRows = await inBatches(
    machines.map(({ siteId }) => siteId),
    (batch) =>
      tables.selectFrom("sites").select(["id", "customer_id"]).where("id", "in", batch).execute(),
  );
  return {
    regions: await loadRegions(reader),
    stations: new Map(
      (await loadStations(reader)).map((one) => [one.stockLocationId, one.stationId]),
    ),
    customers: new Set((await ids("customers", customerIds)).map(({ id }) => id)),
    engineers: new Set((await ids("engineers", engineerIds)).map(({ id }) => id)),
    sites: new Map(siteRows.map((row) => [row.id, row.customer_id])),
    ...(await knownMachines(reader, machines)),
    commitments: await activeCommitments(reader, commitments),
    overrides: draft.overrides.length > 0 ? await allFiles(reader, overrideKind) : [],
  };
}

async function knownMachines(reader: Reader, machines: readonly MachineFile[]) {
  const tables = reader.tables<OrganisationTables>();
  const files = await inBatches(
    machines.map(({ machineId }) => machineId),
    (batch) =>
      tables.selectFrom("machine_files").select(["id", "body"]).where("id", "in", batch).execute(),
  );
  const serials = await inBatches(
    machines.map(({ serialNumber }) => serialKeyOf(serialNumber)),
    (batch) =>
      tables.selectFrom("serial_numbers").selectAll().where("serial_key", "in", batch).execute(),
  );
  const gateways = await inBatches(
    machines.map(({ gatewayId }) => gatewayId),
    (batch) =>
      tables
        .selectFrom("machine_files")
        .select(["id", "gateway_id"])
        .where("gateway_id", "in", batch)
        .execute(),
  );
  return {
    machines: new Map(files.map(({ id, body }) => [id, JSON.parse(body) as MachineFile])),
    serials: new Map(serials.map((row) => [row.serial_key, row.machine_id])),
    gateways: new Map(gateways.map((row) => [row.gateway_id ?? "", row.id])),
  };
}

async function activeCommitments(reader: Reader, commitments: readonly Commitment[]) {
  const rows = await inBatches(
    commitments.flatMap(({ machineIds }) => machineIds),
    (batch) =>
      reader
        .tables<OrganisationTables>()
        .selectFrom("commitment_machines")
        .innerJoin("commitments", "commitments.id", "commitment_machines.commitment_id")
        .select("commitments.body")
        .distinct()
        .where("commitments.state", "=", "active")
        .where("commitment_machines.machine_id", "in", batch)
        .execute(),
  );
  return rows.map(({ body }) => JSON.parse(body) as Commitment);
}
