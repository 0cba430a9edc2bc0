import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { History } from "@firebreak/rules/prognosis/remaining-life/history.ts";
import type { FileProblems } from "../../files/file-problems.ts";
import type { NumberTable } from "../../files/number-table.ts";

/** Fewer tell nothing of how much lives differ. Engineering default. */
export const fewestHistories = 3;

/**
 * The rows of a table as one history per unit, each in order of its cycles, units in order of the file. A cycle that a
 * unit has twice goes into `problems`. `signals`: the columns of the histories, in this order.
 */
export function historiesOf(
  table: NumberTable,
  { cycle, signals }: { cycle: string; signals: readonly string[] },
  problems: FileProblems,
): readonly History[] {
  const cycles = columnOf(table, cycle);
  const columns = signals.map((name) => columnOf(table, name));
  const rowsOfUnit = new Map<string, number[]>();
  table.labels.forEach((unit, row) => {
    const rows = rowsOfUnit.get(unit);
    if (rows) rows.push(row);
    else rowsOfUnit.set(unit, [row]);
  });
  const cycleAt = (row: number) => cycles[row] ?? 0;
  return [...rowsOfUnit].map(([unit, rows]) => {
    rows.sort((a, b) => cycleAt(a) - cycleAt(b));
    rows.forEach((row, at) => {
      const before = rows[at - 1];
      if (before === undefined || cycleAt(before) !== cycleAt(row)) return;
      const message = `unit “${unit}” has ${cycle} ${cycleAt(row)} on line ${table.lines[before]} already`;
      problems.add({ path: table.path, line: table.lines[row] ?? 0, column: 1, message });
    });
    return {
      unit,
      cycles: Float64Array.from(rows, cycleAt),
      signals: columns.map((column) => Float64Array.from(rows, (row) => column[row] ?? 0)),
    };
  });
}

function columnOf(table: NumberTable, name: string): Float64Array {
  const column = table.columns.get(name);
  if (column) return column;
  throw new CodedError("NO_COLUMN", `${table.path} has no column “${name}”.`);
}

/** Puts into `problems` which columns only one of two tables has. */
export function compareColumns(
  train: NumberTable,
  test: NumberTable,
  problems: FileProblems,
): void {
  const tell = (path: string, other: string, names: readonly string[]) => {
    for (const name of names)
      problems.add({
        path,
        line: 1,
        column: 1,
        message: `there is no column “${name}”, which ${other} has`,
      });
  };
  const missing = (of: NumberTable, from: NumberTable) =>
    [...of.columns.keys()].filter((name) => !from.columns.has(name));
  tell(train.path, test.path, missing(test, train));
  tell(test.path, train.path, missing(train, test));
}
