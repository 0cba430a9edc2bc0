import type { ComponentChildren } from "preact";

export interface Column<Row> {
  /** Names the cell to tests (`data-field`). */
  readonly key: string;
  readonly title: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** What the interface said, unformatted, for `data-value`. */
  readonly value?: (row: Row) => string | number | null | undefined;
  readonly isNumber?: boolean;
  /** The cell that names the row. */
  readonly isHead?: boolean;
}

interface Props<Row> {
  readonly rows: readonly Row[] | undefined;
  readonly columns: readonly Column<Row>[];
  readonly rowKey: (row: Row) => string;
  readonly empty: string;
  readonly testid: string;
  readonly rowClass?: (row: Row) => string;
}

/** A list as a table; on a narrow screen each row becomes a card that names its cells. */
export function Table<Row>({ rows, columns, rowKey, empty, testid, rowClass }: Props<Row>) {
  if (rows?.length === 0)
    return (
      <p class="empty" data-testid={testid}>
        {empty}
      </p>
    );
  return (
    <table class="rows" data-testid={testid} aria-busy={rows === undefined}>
      <thead>
        <tr>
          {columns.map(({ key, title, isNumber }) => (
            <th key={key} scope="col" class={isNumber ? "number" : undefined}>
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {(rows ?? []).map((row) => (
          <tr key={rowKey(row)} data-row={rowKey(row)} class={rowClass?.(row)}>
            {columns.map((column) => (
              <Cell key={column.key} column={column} row={row} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cell<Row>({ column, row }: { column: Column<Row>; row: Row }) {
  const { key, title, cell, value, isNumber, isHead } = column;
  const said = value?.(row);
  const facts = {
    "data-field": key,
    ...(said === undefined || said === null ? {} : { "data-value": said }),
  };
  if (isHead)
    return (
      <th scope="row" {...facts}>
        {cell(row)}
      </th>
    );
  return (
    <td class={isNumber ? "number" : undefined} data-label={title} {...facts}>
      {cell(row)}
    </td>
  );
}
