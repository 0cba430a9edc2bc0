import { type Database, type Migration, migrate } from "@firebreak/kit/database.ts";
import type { Kysely } from "kysely";
import { sql } from "kysely";
import { moveStock } from "./move-stock.ts";

/** The nine kinds of movement of the stock ledger. */
export const movementKinds = [
  "receipt",
  "issue",
  "loan_out",
  "loan_return",
  "transfer_out",
  "transfer_in",
  "consume",
  "core_return",
  "adjust",
] as const;
export type MovementKind = (typeof movementKinds)[number];

export const reservationStates = [
  "active",
  "picked",
  "fulfilled",
  "released",
  "preempted",
] as const;
export type ReservationState = (typeof reservationStates)[number];

export const transferStates = [
  "requested",
  "approved",
  "picked",
  "in_transit",
  "received",
  "cancelled",
  "lost",
] as const;
export type TransferState = (typeof transferStates)[number];

export const loanStates = ["open", "consumed", "returned", "closed"] as const;
export type LoanState = (typeof loanStates)[number];

export interface StockLevelRow {
  part_no: string;
  location_id: string;
  bin: string;
  on_hand: number;
  reserved: number;
  in_transit_in: number;
  fenced_exceed: number;
  fenced_above: number;
  fenced_meet: number;
  planned: number;
  min_qty: number;
  target_qty: number;
  max_qty: number;
}

export interface StockTables {
  stock_locations: {
    location_id: string;
    kind: string;
    region_id: string;
    engineer_id: string | null;
    body: string;
  };
  stock_levels: StockLevelRow;
  /** Rows are only ever added; what is on hand is the sum of `quantity` (SK-2). */
  stock_ledger: {
    movement_id: string;
    part_no: string;
    location_id: string;
    kind: MovementKind;
    /** Added to what is on hand here; negative for what leaves, 0 for what was out on loan. */
    quantity: number;
    /** Pieces moved; positive, but negative for an adjustment downwards. */
    amount: number;
    /** The other end of a transfer. */
    counterpart_id: string | null;
    ticket_id: string | null;
    transfer_id: string | null;
    loan_id: string | null;
    report_line: string | null;
    reason: string | null;
    actor: string;
    at: string;
  };
  stock_reservations: {
    reservation_id: string;
    ticket_id: string | null;
    part_no: string;
    location_id: string;
    quantity: number;
    state: ReservationState;
    claim: string;
    at: string;
    ended_at: string | null;
  };
  stock_transfers: {
    transfer_id: string;
    part_no: string;
    quantity: number;
    from_id: string;
    to_id: string;
    ticket_id: string | null;
    reservation_id: string;
    state: TransferState;
    is_open: number;
    is_green: number;
    requested_at: string;
    body: string;
  };
  part_loans: {
    loan_id: string;
    ticket_id: string;
    parent_id: string | null;
    part_no: string;
    quantity: number;
    used: number;
    returned: number;
    location_id: string;
    engineer_id: string | null;
    state: LoanState;
    is_open: number;
    opened_at: string;
    /** When an unused part is asked for; null once it was. */
    remind_at: string | null;
    core_due_at: string | null;
    core_returned_at: string | null;
    closed_at: string | null;
  };
}

const stock: Migration = {
  name: "001-stock",
  async up(database) {
    await createPlaces(database);
    await createLedger(database);
    await createReservations(database);
    await createTransfers(database);
    await createLoans(database);
    await moveStock(database);
  },
};

async function createPlaces({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable("stock_locations")
    .addColumn("location_id", "text", (column) => column.primaryKey())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("region_id", "text", (column) => column.notNull())
    .addColumn("engineer_id", "text")
    .addColumn("body", "text", (column) => column.notNull())
    .execute();
  const quantities = [
    "on_hand",
    "reserved",
    "in_transit_in",
    "fenced_exceed",
    "fenced_above",
    "fenced_meet",
    "planned",
    "min_qty",
    "target_qty",
    "max_qty",
  ];
  let levels = schema
    .createTable("stock_levels")
    .addColumn("part_no", "text", (column) => column.notNull().references("parts.part_no"))
    .addColumn("location_id", "text", (column) =>
      column.notNull().references("stock_locations.location_id"),
    )
    .addColumn("bin", "text", (column) => column.notNull());
  for (const name of quantities)
    levels = levels.addColumn(name, "integer", (column) => column.notNull().defaultTo(0));
  await levels
    .addPrimaryKeyConstraint("stock_levels_key", ["part_no", "location_id"])
    .addCheckConstraint("stock_levels_sk1", sql`reserved >= 0 and reserved <= on_hand`)
    .addCheckConstraint("stock_levels_transit", sql`in_transit_in >= 0`)
    .addCheckConstraint(
      "stock_levels_fence",
      sql`fenced_exceed >= 0 and fenced_above >= 0 and fenced_meet >= 0 and planned >= 0`,
    )
    .addCheckConstraint(
      "stock_levels_sk8",
      sql`min_qty >= 0 and min_qty <= target_qty and target_qty <= max_qty`,
    )
    .execute();
  await schema
    .createIndex("stock_levels_place")
    .on("stock_levels")
    .columns(["location_id", "part_no"])
    .execute();
}

async function createLedger({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable("stock_ledger")
    .addColumn("movement_id", "text", (column) => column.primaryKey())
    .addColumn("part_no", "text", (column) => column.notNull())
    .addColumn("location_id", "text", (column) => column.notNull())
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("quantity", "integer", (column) => column.notNull())
    .addColumn("amount", "integer", (column) => column.notNull())
    .addColumn("counterpart_id", "text")
    .addColumn("ticket_id", "text")
    .addColumn("transfer_id", "text")
    .addColumn("loan_id", "text")
    .addColumn("report_line", "text")
    .addColumn("reason", "text")
    .addColumn("actor", "text", (column) => column.notNull())
    .addColumn("at", "text", (column) => column.notNull())
    .addForeignKeyConstraint("stock_ledger_item", ["part_no", "location_id"], "stock_levels", [
      "part_no",
      "location_id",
    ])
    .addCheckConstraint(
      "stock_ledger_sk4",
      sql`(kind not in ('issue', 'loan_out') or ticket_id is not null) and (kind <> 'consume' or report_line is not null)`,
    )
    .execute();
  await schema
    .createIndex("stock_ledger_item_at")
    .on("stock_ledger")
    .columns(["part_no", "location_id", "at", "movement_id"])
    .execute();
  await schema.createIndex("stock_ledger_at").on("stock_ledger").columns(["at"]).execute();
}

async function createReservations({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable("stock_reservations")
    .addColumn("reservation_id", "text", (column) => column.primaryKey())
    .addColumn("ticket_id", "text")
    .addColumn("part_no", "text", (column) => column.notNull())
    .addColumn("location_id", "text", (column) => column.notNull())
    .addColumn("quantity", "integer", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("claim", "text", (column) => column.notNull())
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("ended_at", "text")
    .addCheckConstraint("stock_reservations_quantity", sql`quantity > 0`)
    .addForeignKeyConstraint(
      "stock_reservations_item",
      ["part_no", "location_id"],
      "stock_levels",
      ["part_no", "location_id"],
    )
    .execute();
  await schema
    .createIndex("stock_reservations_item_state")
    .on("stock_reservations")
    .columns(["part_no", "location_id", "state"])
    .execute();
  await schema
    .createIndex("stock_reservations_ticket")
    .on("stock_reservations")
    .columns(["ticket_id"])
    .execute();
}

async function createTransfers({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable("stock_transfers")
    .addColumn("transfer_id", "text", (column) => column.primaryKey())
    .addColumn("part_no", "text", (column) => column.notNull())
    .addColumn("quantity", "integer", (column) => column.notNull())
    .addColumn("from_id", "text", (column) => column.notNull())
    .addColumn("to_id", "text", (column) => column.notNull())
    .addColumn("ticket_id", "text")
    .addColumn("reservation_id", "text", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("is_open", "integer", (column) => column.notNull())
    .addColumn("is_green", "integer", (column) => column.notNull())
    .addColumn("requested_at", "text", (column) => column.notNull())
    .addColumn("body", "text", (column) => column.notNull())
    .addCheckConstraint("stock_transfers_way", sql`from_id <> to_id and quantity > 0`)
    .execute();
  await schema
    .createIndex("stock_transfers_open")
    .on("stock_transfers")
    .columns(["is_open", "requested_at", "transfer_id"])
    .execute();
}

async function createLoans({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable("part_loans")
    .addColumn("loan_id", "text", (column) => column.primaryKey())
    .addColumn("ticket_id", "text", (column) => column.notNull())
    .addColumn("parent_id", "text")
    .addColumn("part_no", "text", (column) => column.notNull())
    .addColumn("quantity", "integer", (column) => column.notNull())
    .addColumn("used", "integer", (column) => column.notNull())
    .addColumn("returned", "integer", (column) => column.notNull())
    .addColumn("location_id", "text", (column) => column.notNull())
    .addColumn("engineer_id", "text")
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("is_open", "integer", (column) => column.notNull())
    .addColumn("opened_at", "text", (column) => column.notNull())
    .addColumn("remind_at", "text")
    .addColumn("core_due_at", "text")
    .addColumn("core_returned_at", "text")
    .addColumn("closed_at", "text")
    .addCheckConstraint("part_loans_pieces", sql`used + returned <= quantity and quantity > 0`)
    .execute();
  for (const [name, columns] of Object.entries({
    part_loans_open: ["is_open", "opened_at", "loan_id"],
    part_loans_ticket: ["ticket_id"],
    part_loans_parent: ["parent_id"],
  }))
    await schema.createIndex(name).on("part_loans").columns(columns).execute();
}

/** Makes the tables of places, ledger, reservations, transfers and loans, and moves the stations' first stock there. */
export const migrateParts = (db: Database): Promise<void> => migrate(db, "parts", [stock]);
