import type { Transaction } from "@firebreak/kit/database.ts";
import { sql } from "kysely";
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
  const tables = await kysely.introspection.getTables();
  const schema = await schemaOf(tx, tables[0]?.schema !== undefined);
  return tables
    .filter((table) => table.schema === schema && !leftAlone.has(table.name))
    .flatMap(({ name, columns }) =>
      columns
        .filter(({ dataType }) => dataType.toLowerCase() === "text")
        .map((column) => ({ table: name, column: column.name })),
    );
}

/** Only a server has several; the first of the search path is ours. */
async function schemaOf(tx: Transaction, hasSchemas: boolean): Promise<string | undefined> {
  if (!hasSchemas) return undefined;
  const query = sql<{ name: string }>`select current_schema() as name`;
  return (await query.execute(tx.tables())).rows[0]?.name;
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
