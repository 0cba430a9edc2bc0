import type { TicketTables } from "../tables.ts";
import type { Reader } from "./file-store.ts";
import type { OrganisationTables } from "./organisation-tables.ts";

/** Whose a machine was, and when; `until` is null for whoever has it now. */
export interface MachineOwner {
  readonly customerId: string | null;
  readonly siteId: string | null;
  readonly from: string;
  readonly until: string | null;
}

/** Oldest first. */
export async function ownersOf(reader: Reader, machineId: string): Promise<MachineOwner[]> {
  const rows = await reader
    .tables<OrganisationTables>()
    .selectFrom("machine_owners")
    .selectAll()
    .where("machine_id", "=", machineId)
    .orderBy("from_at")
    .execute();
  return rows.map((row) => ({
    customerId: row.customer_id,
    siteId: row.site_id,
    from: row.from_at,
    until: row.until_at,
  }));
}

export interface Unregistered {
  readonly machineId: string;
  readonly planId: string;
  readonly gatewayId: string;
  readonly firstSeenAt: string;
}

/** Machines that their gateways told of and that have no file, newest first. */
export async function unregisteredMachines(reader: Reader): Promise<Unregistered[]> {
  const rows = await reader
    .tables<TicketTables & OrganisationTables>()
    .selectFrom("machines")
    .leftJoin("machine_files", "machine_files.id", "machines.machine_id")
    .select(["machines.machine_id", "plan", "machines.gateway_id", "first_seen_at"])
    .where("machine_files.id", "is", null)
    .orderBy("first_seen_at", "desc")
    .orderBy("machines.machine_id")
    .execute();
  return rows.map((row) => ({
    machineId: row.machine_id,
    planId: row.plan,
    gatewayId: row.gateway_id,
    firstSeenAt: row.first_seen_at,
  }));
}
