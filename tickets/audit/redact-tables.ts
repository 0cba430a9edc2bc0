import type { Transaction } from "@firebreak/kit/database.ts";
import { PostgresAdapter, sql } from "kysely";
import type { Redactor } from "./redactor.ts";

/** Rows about others, or about nobody: what they hold in common with a person is not his. */
const leftAlone = new Set([
  "people",
  "users",
  "sessions",
  "migrations",
  "hub_identity",
  "audit_log",
  "regions",
  "centres",
  "stations",
  "customers",
  "sites",
  "engineers",
  "machine_files",
  "serial_numbers",
]);

/**
 * Takes the traces of a person out of every text of every other table, whoever made that table. Returns the tables
 * that changed, and in how many texts.
 */
export async function redactTables(
  tx: Transaction,
  redactor: Redactor,
): Promise<{ readonly tables: string[]; readonly texts: number }> {
  const changed = new Set<string>();
  let texts = 0;
  for (const { table, column } of await textColumns(tx)) {
    const count = await redactColumn(tx, redactor, { table, column });
    if (count > 0) changed.add(table);
    texts += count;
  }
  return { tables: [...changed], texts };
}

/** All tables that may hold traces. */
export const tablesWithText = async (tx: Transaction): Promise<string[]> => [
  ...new Set((await textColumns(tx)).map(({ table }) => table)),
];

interface Column {
  readonly table: string;
  readonly column: string;
}

async function textColumns(tx: Transaction): Promise<Column[]> {
  const kysely = tx.tables<Record<never, never>>();
  const isServer = kysely.getExecutor().adapter instanceof PostgresAdapter;
  const columns = isServer ? await columnsOfSchema(tx) : await columnsOfFile(tx);
  return columns.filter(({ table }) => !leftAlone.has(table));
}

async function columnsOfFile(tx: Transaction): Promise<Column[]> {
  const tables = await tx.tables<Record<never, never>>().introspection.getTables();
  return tables.flatMap(({ name, columns }) =>
    columns
      .filter(({ dataType }) => dataType.toLowerCase() === "text")
      .map((column) => ({ table: name, column: column.name })),
  );
}

/** Of the first schema of the search path, which is ours. To look at all would fail where somebody drops one meanwhile. */
async function columnsOfSchema(tx: Transaction): Promise<Column[]> {
  const { rows } = await sql<Column>`
    select c.table_name as "table", c.column_name as "column"
    from information_schema.columns c
    join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
    where c.table_schema = current_schema() and t.table_type = 'BASE TABLE' and c.data_type = 'text'
    order by 1, 2`.execute(tx.tables());
  return rows;
}

async function redactColumn(
  tx: Transaction,
  { traces, redact }: Redactor,
  { table, column }: Column,
): Promise<number> {
  const where = traces.map(
    (trace) => sql<boolean>`lower(${sql.ref(column)}) like ${patternOf(trace)} escape '\\'`,
  );
  if (where.length === 0) return 0;
  const found = await sql<{
    text: string;
  }>`select distinct ${sql.ref(column)} as text from ${sql.table(table)} where ${sql.join(where, sql` or `)}`.execute(
    tx.tables(),
  );
  let count = 0;
  for (const { text } of found.rows) {
    const redacted = redact(text);
    if (redacted === text) continue;
    await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${redacted} where ${sql.ref(column)} = ${text}`.execute(
      tx.tables(),
    );
    count++;
  }
  return count;
}

const patternOf = (trace: string): string => `%${trace.toLowerCase().replace(/[\\%_]/g, "\\$&")}%`;
