import { type CsvCell, cellsOf, numberIn, separatorOf } from "@firebreak/kit/csv-cells.ts";
import { nearest } from "@firebreak/kit/nearest.ts";
import type { RemainingLifeRule } from "../learned-rule-schema.ts";
import type { Acquisition } from "../plan-schema.ts";
import { checkLives } from "./check-lives.ts";

/** One thing wrong with a file; line and column from 1, 0 where it concerns the whole file. */
export interface FileMistake {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** One life of a part, as its rows stand in the file, in order of their cycles. */
export interface LifeRows {
  readonly unit: string;
  /** Lines of the file. */
  readonly lines: readonly number[];
  /** Days or hours since the part was put in. */
  readonly cycles: readonly number[];
  /** Of each input of the rule, in its order. */
  readonly values: readonly (readonly number[])[];
  /** What the column of failures says in the last row; undefined without one. */
  readonly failed: number | undefined;
}

export type HistoryColumns = Pick<
  RemainingLifeRule,
  "unit" | "cycle" | "every" | "failed" | "inputs"
>;

/** More rows than a training looks at, by far. Engineering default. */
const mostRows = 500_000;
/** As many are told; who has more sees the pattern. Engineering default. */
const mostMistakes = 10;

/**
 * Lives of a part from the text of a CSV file with a header; the separator is told from it. Pure. Lives of which anything
 * is wrong are of no use to a training, so there are mistakes or lives.
 */
export function parseHistories(
  text: string,
  rule: HistoryColumns,
  signals: Acquisition["signals"],
): { readonly lives: readonly LifeRows[] } | { readonly mistakes: readonly FileMistake[] } {
  const mistakes: FileMistake[] = [];
  const report = (mistake: FileMistake) => {
    if (mistakes.length < mostMistakes) mistakes.push(mistake);
    else if (mistakes.length === mostMistakes)
      mistakes.push({ line: 0, column: 0, message: "there are more mistakes than these" });
  };
  const [header = "", ...lines] = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  const columns = columnsOf(header, { rule, signals, report });
  if (mistakes.length > 0 || columns === undefined) return { mistakes };
  if (lines.length > mostRows)
    report({ line: mostRows, column: 1, message: `more than ${mostRows} rows: thin them evenly` });
  else {
    const lives = livesOf(lines, columns, report);
    checkLives(lives, rule, report);
    if (mistakes.length === 0) return { lives };
  }
  return { mistakes };
}

export type Report = (mistake: FileMistake) => void;

interface Columns {
  readonly separator: string;
  readonly count: number;
  readonly unit: number;
  readonly cycle: number;
  readonly failed: number;
  /** Of each input. */
  readonly inputs: readonly {
    readonly at: number;
    readonly name: string;
    readonly range: readonly number[];
  }[];
}

interface Named {
  readonly name: string;
  /** In brackets behind the name, if any. */
  readonly unit: string | undefined;
  readonly column: number;
}

function columnsOf(
  header: string,
  {
    rule,
    signals,
    report,
  }: {
    readonly rule: HistoryColumns;
    readonly signals: Acquisition["signals"];
    readonly report: Report;
  },
): Columns | undefined {
  const separator = separatorOf(header);
  const named = cellsOf(header, separator).map(nameOf);
  const names = named.map(({ name }) => name);
  const own = [rule.unit, rule.cycle, ...(rule.failed === undefined ? [] : [rule.failed])];
  const inputs = rule.inputs.map(({ signal }) => signal);
  for (const wanted of [...own, ...inputs]) {
    if (names.includes(wanted)) continue;
    const guess = nearest(wanted, names);
    const hint = guess ? `is it "${guess}"?` : `there are ${names.slice(0, 12).join(", ")}`;
    report({ line: 1, column: 1, message: `there is no column "${wanted}"; ${hint}` });
  }
  for (const [index, { name, unit, column }] of named.entries()) {
    const say = (message: string) => report({ line: 1, column, message });
    const signal = signals[name];
    if (names.indexOf(name) < index) say(`the column "${name}" stands twice`);
    else if (signal === undefined && !own.includes(name))
      say(`"${name}" is no signal of the plan${hintOf(name, Object.keys(signals))}`);
    else if (signal !== undefined && unit !== undefined && unit !== signal.unit)
      say(`"${name}" is in ${unit} here and in ${signal.unit} in the plan: convert the column`);
  }
  const at = (name: string | undefined) => (name === undefined ? -1 : names.indexOf(name));
  return {
    ...{ separator, count: named.length },
    ...{ unit: at(rule.unit), cycle: at(rule.cycle), failed: at(rule.failed) },
    inputs: inputs.map((name) => ({ at: at(name), name, range: signals[name]?.range ?? [] })),
  };
}

function hintOf(name: string, known: readonly string[]): string {
  const guess = nearest(name, known);
  return guess ? `; did you mean "${guess}"?` : "; remove the column";
}

/** "oilPressure [kPa]" and "oilPressure (kPa)" say their unit. */
function nameOf({ text, column }: CsvCell): Named {
  const [, name = text, unit] = /^(.*?)\s*[[(]([^\])]*)[\])]$/.exec(text) ?? [];
  return { name: name.trim(), unit: unit?.trim(), column };
}

interface Row {
  readonly line: number;
  readonly cycle: number;
  readonly values: readonly number[];
  readonly failed: number | undefined;
}

function livesOf(lines: readonly string[], columns: Columns, report: Report): LifeRows[] {
  const units = new Map<string, Row[]>();
  for (const [index, text] of lines.entries()) {
    if (text.trim() === "") continue;
    const line = index + 2;
    const cells = cellsOf(text, columns.separator);
    if (cells.length !== columns.count) {
      const message = `${cells.length} cells, but the header has ${columns.count}`;
      report({ line, column: 1, message });
      continue;
    }
    const unit = cells[columns.unit]?.text ?? "";
    if (unit === "") report({ line, column: 1, message: "the row says of no life which it is" });
    const rows = units.get(unit) ?? [];
    units.set(unit, rows);
    rows.push(rowOf(cells, columns, { line, report }));
  }
  return [...units].map(([unit, rows]) => lifeOf(unit, rows, columns));
}

function rowOf(
  cells: readonly CsvCell[],
  columns: Columns,
  { line, report }: { readonly line: number; readonly report: Report },
): Row {
  const numberAt = (at: number, name: string): number => {
    const cell = cells[at] ?? { text: "", column: 1 };
    const value = numberIn(cell, columns.separator);
    const shown =
      cell.text === "" ? "the cell is empty" : `"${cell.text.slice(0, 30)}" is no number`;
    if (!Number.isFinite(value))
      report({ line, column: cell.column, message: `${name}: ${shown}` });
    return value;
  };
  const values = columns.inputs.map(({ at, name, range: [low = -Infinity, high = Infinity] }) => {
    const value = numberAt(at, name);
    if (value < low || value > high)
      report({
        ...{ line, column: cells[at]?.column ?? 1 },
        message: `${name}: ${value} is outside its range of ${low} to ${high} in the plan; is it in another unit?`,
      });
    return value;
  });
  return {
    ...{ line, values, cycle: numberAt(columns.cycle, "cycle") },
    failed: columns.failed < 0 ? undefined : numberAt(columns.failed, "failed"),
  };
}

function lifeOf(unit: string, rows: readonly Row[], { inputs }: Columns): LifeRows {
  const inOrder = rows.toSorted((one, other) => one.cycle - other.cycle);
  return {
    unit,
    lines: inOrder.map(({ line }) => line),
    cycles: inOrder.map(({ cycle }) => cycle),
    values: inputs.map((_, at) => inOrder.map(({ values }) => values[at] ?? Number.NaN)),
    failed: inOrder.at(-1)?.failed,
  };
}
