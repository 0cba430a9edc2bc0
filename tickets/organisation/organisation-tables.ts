import { type Database, type Migration, migrate } from "@firebreak/kit/database.ts";
import { type Generated, type Kysely, sql } from "kysely";

/** What every file of the organisation has: its text for searching, and the version that a change must name. */
export interface FileRow {
  id: string;
  version: number;
  /** Lower case, without anything personal. */
  search: string;
  body: string;
}

export interface OrganisationTables {
  /** All that is personal, and nothing else: a row that is emptied takes a name out of everything. */
  people: { person_id: string; body: string };
  regions: FileRow;
  centres: FileRow;
  customers: FileRow & { region_id: string | null };
  sites: FileRow & { customer_id: string | null; region_id: string };
  engineers: FileRow & { station_id: string };
  /** Where an engineer is and what he does: changes often, so it has no version. */
  engineer_presence: {
    engineer_id: string;
    state: string;
    lat: number | null;
    lon: number | null;
    position_at: string | null;
  };
  machine_files: FileRow & {
    serial_key: string;
    gateway_id: string | null;
    customer_id: string | null;
    site_id: string | null;
    region_id: string;
    station_id: string | null;
    product_type: string;
    state: string;
  };
  /** MA-1: a serial number belongs to one machine for good; rows are only ever added. */
  serial_numbers: { serial_key: string; machine_id: string };
  /** Whose a machine was, and where; the open row has no end. */
  machine_owners: {
    machine_id: string;
    from_at: string;
    until_at: string | null;
    customer_id: string | null;
    site_id: string | null;
    actor: string;
  };
  installed_parts: {
    row_id: string;
    machine_id: string;
    position: string;
    part_no: string;
    removed_at: string | null;
    body: string;
  };
  commitments: FileRow & {
    customer_id: string;
    state: string;
    valid_from: string;
    valid_to: string;
  };
  plan_overrides: FileRow & { plan_id: string };
  commitment_machines: { commitment_id: string; machine_id: string };
  /** Made by the parts; `version` is ours. */
  stations: { station_id: string; position: number; body: string; version: Generated<number> };
}

const fileTable = (schema: Kysely<unknown>["schema"], name: string) =>
  schema
    .createTable(name)
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("version", "integer", (column) => column.notNull())
    .addColumn("search", "text", (column) => column.notNull())
    .addColumn("body", "text", (column) => column.notNull());

async function indexAll(
  schema: Kysely<unknown>["schema"],
  indexes: Readonly<Record<string, readonly [table: string, ...columns: string[]]>>,
): Promise<void> {
  for (const [name, [table, ...columns]] of Object.entries(indexes))
    await schema.createIndex(name).on(table).columns(columns).execute();
}

const people: Migration = {
  name: "001-people",
  async up({ schema }) {
    await schema
      .createTable("people")
      .addColumn("person_id", "text", (column) => column.primaryKey())
      .addColumn("body", "text", (column) => column.notNull())
      .execute();
    await fileTable(schema, "engineers")
      .addColumn("station_id", "text", (column) => column.notNull())
      .execute();
    await schema
      .createTable("engineer_presence")
      .addColumn("engineer_id", "text", (column) => column.primaryKey().references("engineers.id"))
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("lat", "double precision")
      .addColumn("lon", "double precision")
      .addColumn("position_at", "text")
      .execute();
    await indexAll(schema, { engineers_station: ["engineers", "station_id"] });
  },
};

const places: Migration = {
  name: "002-places",
  async up({ schema }) {
    await fileTable(schema, "regions").execute();
    await fileTable(schema, "centres").execute();
    await fileTable(schema, "customers").addColumn("region_id", "text").execute();
    await fileTable(schema, "sites")
      .addColumn("customer_id", "text")
      .addColumn("region_id", "text", (column) => column.notNull())
      .execute();
    await schema
      .alterTable("stations")
      .addColumn("version", "integer", (column) => column.notNull().defaultTo(1))
      .execute();
    await indexAll(schema, { sites_customer: ["sites", "customer_id"] });
  },
};

const machines: Migration = {
  name: "003-machines",
  async up({ schema }) {
    await schema
      .createTable("serial_numbers")
      .addColumn("serial_key", "text", (column) => column.primaryKey())
      .addColumn("machine_id", "text", (column) => column.notNull())
      .execute();
    await fileTable(schema, "machine_files")
      .addColumn("serial_key", "text", (column) => column.notNull().unique())
      .addColumn("gateway_id", "text", (column) => column.unique())
      .addColumn("customer_id", "text")
      .addColumn("site_id", "text")
      .addColumn("region_id", "text", (column) => column.notNull())
      .addColumn("station_id", "text")
      .addColumn("product_type", "text", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .execute();
    await schema
      .createTable("machine_owners")
      .addColumn("machine_id", "text", (column) => column.notNull().references("machine_files.id"))
      .addColumn("from_at", "text", (column) => column.notNull())
      .addColumn("until_at", "text")
      .addColumn("customer_id", "text")
      .addColumn("site_id", "text")
      .addColumn("actor", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("machine_owners_key", ["machine_id", "from_at"])
      .execute();
    await schema
      .createTable("installed_parts")
      .addColumn("row_id", "text", (column) => column.primaryKey())
      .addColumn("machine_id", "text", (column) => column.notNull())
      .addColumn("position", "text", (column) => column.notNull())
      .addColumn("part_no", "text", (column) => column.notNull())
      .addColumn("removed_at", "text")
      .addColumn("body", "text", (column) => column.notNull())
      .execute();
    // MA-6: of a position, one row at most is not removed.
    await schema
      .createIndex("installed_parts_ma6")
      .unique()
      .on("installed_parts")
      .columns(["machine_id", "position"])
      .where(sql.ref("removed_at"), "is", null)
      .execute();
    await indexAll(schema, {
      machine_files_customer: ["machine_files", "customer_id"],
      machine_files_site: ["machine_files", "site_id"],
      machine_files_station: ["machine_files", "station_id"],
      machine_files_region: ["machine_files", "region_id"],
      machine_owners_customer: ["machine_owners", "customer_id"],
      installed_parts_part: ["installed_parts", "part_no"],
    });
  },
};

const commitments: Migration = {
  name: "004-commitments",
  async up({ schema }) {
    await fileTable(schema, "commitments")
      .addColumn("customer_id", "text", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("valid_from", "text", (column) => column.notNull())
      .addColumn("valid_to", "text", (column) => column.notNull())
      .execute();
    await schema
      .createTable("commitment_machines")
      .addColumn("commitment_id", "text", (column) => column.notNull().references("commitments.id"))
      .addColumn("machine_id", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("commitment_machines_key", ["commitment_id", "machine_id"])
      .execute();
    await indexAll(schema, {
      commitments_customer: ["commitments", "customer_id"],
      commitment_machines_machine: ["commitment_machines", "machine_id"],
    });
  },
};

const overrides: Migration = {
  name: "005-plan-overrides",
  async up({ schema }) {
    await fileTable(schema, "plan_overrides")
      .addColumn("plan_id", "text", (column) => column.notNull())
      .execute();
    await indexAll(schema, { plan_overrides_plan: ["plan_overrides", "plan_id"] });
  },
};

/** Makes the tables of the organisation, or brings them up to date. The tables of tickets come first. */
export const migrateOrganisation = (db: Database): Promise<void> =>
  migrate(db, "organisation", [people, places, machines, commitments, overrides]);
