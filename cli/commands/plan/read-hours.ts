import { type CsvCell, cellsOf, numberIn, separatorOf } from "@firebreak/kit/csv-cells.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { HourFigure, MachineHours, SignalHours } from "@firebreak/rules/history/hours.ts";
import { isMissing } from "../../files/missing-cell.ts";

const msPerHour = 3_600_000;
const figures = ["min", "mean", "max"] as const;

interface Column {
  readonly signal: string;
  /** Undefined: the value stands for all three. */
  readonly figure: HourFigure | undefined;
}

/**
 * Hours of a machine from CSV: `hour` (ISO 8601), and a column `<signal>` or `<signal>.<min, mean or max>` for each that
 * was measured. An empty cell is an hour without a good sample. What is wrong is told as `line:column: message`.
 */
export function readHours(
  text: string,
  { acquisition }: Pick<Plan, "acquisition">,
): { readonly hours: MachineHours } | { readonly problems: readonly string[] } {
  const [header = "", ...lines] = text.split(/\r\n|\n/);
  const separator = separatorOf(header);
  const names = cellsOf(header, separator);
  const problems: string[] = [];
  const columns = names.map((cell, at): Column | undefined => {
    if (at === 0) {
      if (cell.text !== "hour")
        problems.push(`1:1: the first column is "hour", not "${cell.text}"`);
      return undefined;
    }
    const column = columnOf(cell.text);
    if (column.signal in acquisition.signals) return column;
    problems.push(`1:${cell.column}: "${cell.text}" is no signal of the plan`);
    return undefined;
  });
  const hours = new Map<string, Map<number, Partial<Record<HourFigure, number>>>>();
  for (const [index, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const cells = cellsOf(line, separator);
    const hour = Date.parse(cells[0]?.text ?? "") / msPerHour;
    if (!Number.isInteger(hour))
      problems.push(`${index + 2}:1: "${cells[0]?.text}" is no full hour`);
    for (const [at, column] of columns.entries()) {
      if (column === undefined) continue;
      const cell = cells[at];
      if (cell && !isMissing(cell.text.trim()) && Number.isNaN(numberIn(cell, separator)))
        problems.push(`${index + 2}:${cell.column}: "${cell.text}" is no number`);
      note(hours, column, { hour, cell, separator });
    }
  }
  if (problems.length > 0) return { problems };
  return { hours: new Map([...hours].map(([signal, byHour]) => [signal, columnsOf(byHour)])) };
}

function columnOf(name: string): Column {
  const [signal = name, figure] = name.split(".");
  return { signal, figure: figures.find((one) => one === figure) };
}

function note(
  hours: Map<string, Map<number, Partial<Record<HourFigure, number>>>>,
  { signal, figure }: Column,
  {
    hour,
    cell,
    separator,
  }: { readonly hour: number; readonly cell: CsvCell | undefined; readonly separator: string },
): void {
  const value = cell ? numberIn(cell, separator) : Number.NaN;
  if (Number.isNaN(value)) return;
  const byHour = hours.get(signal) ?? new Map<number, Partial<Record<HourFigure, number>>>();
  hours.set(signal, byHour);
  const known = byHour.get(hour) ?? {};
  byHour.set(
    hour,
    figure ? { ...known, [figure]: value } : { min: value, mean: value, max: value },
  );
}

function columnsOf(byHour: ReadonlyMap<number, Partial<Record<HourFigure, number>>>): SignalHours {
  const rows = [...byHour].sort(([one], [other]) => one - other);
  const column = (figure: HourFigure) => rows.map(([, known]) => known[figure] ?? Number.NaN);
  return {
    hour: rows.map(([hour]) => hour),
    ...{ min: column("min"), mean: column("mean"), max: column("max") },
    count: rows.map(() => 1),
  };
}
