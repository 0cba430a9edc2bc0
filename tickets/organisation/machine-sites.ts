import type { Reader } from "./file-store.ts";
import type { OrganisationTables } from "./organisation-tables.ts";
import type { Site } from "./site.ts";

/** Where machines work; names of sites are those of their projects. */
export interface MachineSites {
  readonly siteOf: ReadonlyMap<string, string>;
  readonly nameOf: ReadonlyMap<string, string>;
}

export async function loadMachineSites(reader: Reader): Promise<MachineSites> {
  const tables = reader.tables<Pick<OrganisationTables, "machine_files" | "sites">>();
  const machines = await tables
    .selectFrom("machine_files")
    .select(["id", "site_id"])
    .where("site_id", "is not", null)
    .execute();
  const sites = await tables.selectFrom("sites").select(["id", "body"]).execute();
  const nameOf = (body: string) => (JSON.parse(body) as Pick<Site, "projectName">).projectName;
  return {
    siteOf: new Map(machines.map((row) => [row.id, row.site_id ?? ""])),
    nameOf: new Map(sites.map(({ id, body }) => [id, nameOf(body)])),
  };
}
