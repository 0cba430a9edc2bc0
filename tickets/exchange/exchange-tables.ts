import { type Database, type Migration, migrate } from "@firebreak/kit/database.ts";

export interface ExchangeTables {
  /** Service before there were tickets here, as files brought it. */
  past_services: {
    record_no: string;
    machine_id: string;
    customer_id: string | null;
    /** YYYY-MM-DD. */
    served_on: string;
    body: string;
  };
}

const history: Migration = {
  name: "001-history",
  async up({ schema }) {
    await schema
      .createTable("past_services")
      .addColumn("record_no", "text", (column) => column.primaryKey())
      .addColumn("machine_id", "text", (column) => column.notNull())
      .addColumn("customer_id", "text")
      .addColumn("served_on", "text", (column) => column.notNull())
      .addColumn("body", "text", (column) => column.notNull())
      .execute();
    await schema
      .createIndex("past_services_machine")
      .on("past_services")
      .columns(["machine_id", "served_on"])
      .execute();
  },
};

/** Makes the tables of imports, or brings them up to date. */
export const migrateExchange = (db: Database): Promise<void> => migrate(db, "exchange", [history]);
