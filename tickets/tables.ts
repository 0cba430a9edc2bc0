import type { Database, Migration } from "@firebreak/kit/database.ts";
import { migrate } from "@firebreak/kit/database.ts";
import { type PartsTables, partsMigration } from "./parts/parts-tables.ts";
import {
  type RegistryTables,
  registryMigration,
  stateOffsets,
} from "./registry/registry-tables.ts";
import { workColumns, workOfMachine } from "./work-columns.ts";

/** One row per ticket: what is searched for in columns, all else in `body` (the ticket without its timeline). */
export interface TicketRow {
  ticket_id: string;
  kind: string;
  state: string;
  is_open: number;
  machine_id: string | null;
  /** The problem, while the ticket is open, else null: unique, so no second one opens (TK-1). */
  open_key: string | null;
  problem_key: string;
  created_at: string;
  closed_at: string | null;
  version: number;
  body: string;
  /** Of the fold that made `body` and the columns below. */
  fold_version: number;
  /** 0 is most urgent. */
  priority_rank: number;
  ticket_trigger: string;
  region_id: string;
  station_id: string;
  customer_id: string | null;
  engineer_id: string | null;
  /** Booked on the engineer while the ticket is open. */
  standard_hours: number;
  component: string | null;
  parent_id: string | null;
  /** Of the running clock that is due first; far in the future when none runs. */
  due_at: string;
  /** When the ticket next wants something done by itself; null: only people move it. */
  next_due_at: string | null;
  exposure: number;
  search: string;
  /** What lists show, JSON. */
  card: string;
}

/** The timeline; rows are only ever added. */
export interface TicketEventRow {
  ticket_id: string;
  seq: number;
  body: string;
}

/** Commands carried out, so that none is twice (TK-9). */
export interface CommandRow {
  command_id: string;
  ticket_id: string;
  name: string;
}

/** Commands on anything but a ticket, with what they answered. */
export interface ServiceCommandRow {
  command_id: string;
  name: string;
  subject: string;
  answer: string;
  at: string;
}

export interface TicketTables extends PartsTables, RegistryTables {
  tickets: TicketRow;
  ticket_events: TicketEventRow;
  ticket_commands: CommandRow;
  service_commands: ServiceCommandRow;
}

const tickets: Migration = {
  name: "001-tickets",
  async up({ schema }) {
    await schema
      .createTable("tickets")
      .addColumn("ticket_id", "text", (column) => column.primaryKey())
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("is_open", "integer", (column) => column.notNull())
      .addColumn("machine_id", "text")
      .addColumn("open_key", "text", (column) => column.unique())
      .addColumn("problem_key", "text", (column) => column.notNull())
      .addColumn("created_at", "text", (column) => column.notNull())
      .addColumn("closed_at", "text")
      .addColumn("version", "integer", (column) => column.notNull())
      .addColumn("body", "text", (column) => column.notNull())
      .execute();
    const indexes = {
      tickets_newest: ["created_at", "ticket_id"],
      tickets_open: ["is_open", "created_at", "ticket_id"],
      tickets_machine: ["machine_id", "created_at", "ticket_id"],
      tickets_problem: ["problem_key", "closed_at"],
    };
    for (const [name, columns] of Object.entries(indexes))
      await schema.createIndex(name).on("tickets").columns(columns).execute();
    await schema
      .createTable("ticket_events")
      .addColumn("ticket_id", "text", (column) => column.notNull().references("tickets.ticket_id"))
      .addColumn("seq", "integer", (column) => column.notNull())
      .addColumn("body", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("ticket_events_key", ["ticket_id", "seq"])
      .execute();
    await schema
      .createTable("ticket_commands")
      .addColumn("command_id", "text", (column) => column.primaryKey())
      .addColumn("ticket_id", "text", (column) => column.notNull())
      .addColumn("name", "text", (column) => column.notNull())
      .execute();
  },
};

const serviceCommands: Migration = {
  name: "004-service-commands",
  async up({ schema }) {
    await schema
      .createTable("service_commands")
      .addColumn("command_id", "text", (column) => column.primaryKey())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("subject", "text", (column) => column.notNull())
      .addColumn("answer", "text", (column) => column.notNull())
      .addColumn("at", "text", (column) => column.notNull())
      .execute();
  },
};

/** Makes the tables of tickets, parts, stock and the machine registry, or brings them up to date. */
export const migrateTickets = (db: Database): Promise<void> =>
  migrate(db, "tickets", [
    tickets,
    partsMigration,
    registryMigration,
    serviceCommands,
    workColumns,
    stateOffsets,
    workOfMachine,
  ]);
