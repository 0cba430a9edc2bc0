import * as kit from "@firebreak/kit/each-database.fixture.ts";
import type { DatabaseTemplate } from "@firebreak/kit/template-database.fixture.ts";
import { migrateTicketTables } from "./prepare-tickets.ts";

/** The tables of tickets, with nothing in them. */
export const ticketTables: DatabaseTemplate = { name: "tickets", prepare: migrateTicketTables };

/** As the kit's; every database has the tables of tickets already. */
export function describeEachDatabase(
  ...[name, tests]: Parameters<typeof kit.describeEachDatabase>
): void {
  kit.describeEachDatabase(name, tests, ticketTables);
}
