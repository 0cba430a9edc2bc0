import { ColumnDefinitionNode, type DataTypeNode, PostgresQueryCompiler } from "kysely";

/** A column type as SQLite means it. Text is ordered by its bytes, whatever the language of the server. */
const meaning: Readonly<Record<string, string>> = {
  integer: "bigint",
  real: "double precision",
  blob: "bytea",
  text: 'text collate "C"',
};

/** PostgreSQL's words, with the column types that the embedded database has. */
export class PortableCompiler extends PostgresQueryCompiler {
  protected override visitDataType(node: DataTypeNode): void {
    const { parentNode } = this;
    const isColumn = parentNode !== undefined && ColumnDefinitionNode.is(parentNode);
    const meant = isColumn ? meaning[node.dataType] : undefined;
    if (meant === undefined) super.visitDataType(node);
    else this.append(meant);
  }
}
