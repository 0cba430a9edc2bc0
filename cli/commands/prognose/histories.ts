import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { History } from "@firebreak/rules/prognosis/remaining-life/history.ts";
import type { FileProblems } from "../../files/file-problems.ts";
import type { NumberTable } from "../../files/number-table.ts";

/** Fewer tell nothing of how much lives differ. Engineering default. */
export const fewestHistories = 3;

/**
 * The rows of a table as one history per unit, each in order of its cycles, units in order of the file. A cycle that a
 * unit has twice goes into `problems`, and a signal of which it has no value. A missing value is the one before it in
 * its unit, or the first there is. `signals`: the columns of the histories, in this order.
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
    const filled = columns.map((column, at) => {
      const values = filledOf(column, rows);
      const message = `unit “${unit}” has no value of “${signals[at]}” in any row: leave out one of them`;
      if (values === undefined) problems.add({ path: table.path, line: 0, column: 0, message });
      return values ?? new Float64Array(rows.length);
    });
    return { unit, cycles: Float64Array.from(rows, cycleAt), signals: filled };
  });
}

/** The rows of a column, each missing value as the one before, or as the first; undefined where there is none. */
function filledOf(column: Float64Array, rows: readonly number[]): Float64Array | undefined {
  const values = Float64Array.from(rows, (row) => column[row] ?? Number.NaN);
  let known = values.find((value) => !Number.isNaN(value));
  if (known === undefined) return undefined;
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? Number.NaN;
    if (Number.isNaN(value)) values[at] = known;
    else known = value;
  }
  return values;
}

/**
 * The same histories with each signal divided by a power of two, so that squares of its values are numbers whatever unit
 * it has; the powers are those of `train`, and cost no digit.
 */
export function inReach(
  train: readonly History[],
  test: readonly History[],
): { readonly train: readonly History[]; readonly test: readonly History[] } {
  const factors = (train[0]?.signals ?? []).map((_, at) => {
    const largest = train.reduce(
      (most, { signals }) =>
        (signals[at] ?? new Float64Array(0)).reduce(
          (found, value) => Math.max(found, Math.abs(value)),
          most,
        ),
      0,
    );
    // Of what is smaller yet, the reciprocal would be no number.
    return largest === 0 ? 1 : 2 ** Math.min(1023, -Math.floor(Math.log2(largest)));
  });
  const scaled = (history: History): History => ({
    ...history,
    signals: history.signals.map((values, at) => values.map((value) => value * (factors[at] ?? 1))),
  });
  return { train: train.map(scaled), test: test.map(scaled) };
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
