import * as kit from "@firebreak/kit/each-database.fixture.ts";
import { migrateTicketTables } from "./prepare-tickets.ts";

/** As the kit's; every database has the tables of tickets already, with nothing in them. */
export function describeEachDatabase(
  ...[name, tests]: Parameters<typeof kit.describeEachDatabase>
): void {
  kit.describeEachDatabase(name, tests, { name: "tickets", prepare: migrateTicketTables });
}
