import type { Migration } from "@firebreak/kit/database.ts";

export interface OutboundTables {
  /** Every fact once, numbered in the order it was found. */
  outbound_rows: {
    row_offset: number;
    kind: string;
    fact_key: string;
    fact_at: string;
    body: string;
  };
  /** Which rows went to whom; a batch without `done_at` is written again. */
  outbound_batches: {
    adapter: string;
    kind: string;
    batch_no: number;
    from_offset: number;
    to_offset: number;
    done_at: string | null;
  };
}

export const outboundTables: Migration = {
  name: "003-outbound",
  async up({ schema }) {
    await schema
      .createTable("outbound_rows")
      .addColumn("row_offset", "integer", (column) => column.primaryKey())
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("fact_key", "text", (column) => column.notNull().unique())
      .addColumn("fact_at", "text", (column) => column.notNull())
      .addColumn("body", "text", (column) => column.notNull())
      .execute();
    await schema
      .createIndex("outbound_rows_kind")
      .on("outbound_rows")
      .columns(["kind", "row_offset"])
      .execute();
    await schema
      .createTable("outbound_batches")
      .addColumn("adapter", "text", (column) => column.notNull())
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("batch_no", "integer", (column) => column.notNull())
      .addColumn("from_offset", "integer", (column) => column.notNull())
      .addColumn("to_offset", "integer", (column) => column.notNull())
      .addColumn("done_at", "text")
      .addPrimaryKeyConstraint("outbound_batches_key", ["adapter", "kind", "batch_no"])
      .execute();
  },
};
