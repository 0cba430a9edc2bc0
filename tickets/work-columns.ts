import type { Migration } from "@firebreak/kit/database.ts";

const columns = {
  fold_version: ["integer", 1],
  priority_rank: ["integer", 2],
  ticket_trigger: ["text", ""],
  region_id: ["text", ""],
  station_id: ["text", ""],
  standard_hours: ["double precision", 0],
  due_at: ["text", "9999-12-31T23:59:59.999Z"],
  exposure: ["integer", 0],
  search: ["text", ""],
  card: ["text", "{}"],
} as const;

const optional = ["customer_id", "engineer_id", "component", "parent_id", "next_due_at"] as const;

const indexes = {
  tickets_next_due: ["next_due_at"],
  tickets_board: ["is_open", "due_at", "ticket_id"],
  tickets_exposure: ["is_open", "exposure", "due_at", "ticket_id"],
  tickets_region: ["region_id", "is_open", "due_at"],
  tickets_station: ["station_id", "is_open", "due_at"],
  tickets_engineer: ["engineer_id", "is_open", "due_at"],
  tickets_customer: ["customer_id", "is_open", "due_at"],
  tickets_parent: ["parent_id"],
  tickets_fold: ["fold_version"],
} as const;

/** What tickets are found and ordered by; rows of older versions get their values when they are folded again. */
export const workColumns: Migration = {
  name: "005-work-columns",
  async up({ schema }) {
    for (const [name, [type, value]] of Object.entries(columns))
      await schema
        .alterTable("tickets")
        .addColumn(name, type, (column) => column.notNull().defaultTo(value))
        .execute();
    for (const name of optional)
      await schema.alterTable("tickets").addColumn(name, "text").execute();
    for (const [name, of] of Object.entries(indexes))
      await schema
        .createIndex(name)
        .on("tickets")
        .columns([...of])
        .execute();
  },
};

/** Every finding asks what is open of its machine. */
export const workOfMachine: Migration = {
  name: "007-work-of-machine",
  async up({ schema }) {
    await schema
      .createIndex("tickets_machine_open")
      .on("tickets")
      .columns(["machine_id", "is_open", "created_at", "ticket_id"])
      .execute();
  },
};
