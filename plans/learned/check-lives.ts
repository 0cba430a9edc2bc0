import type { HistoryColumns, LifeRows, Report } from "./parse-histories.ts";

/** Fewer tell nothing of how much lives differ; from five on an answer is of use. @see rules/prognosis/README.md */
export const fewestLives = 5;
/** A life of fewer days shows no wear. Engineering default. */
export const fewestDays = 10;
const hoursPerDay = 24;

/** What is to be learned from must be lives, enough of them, each from early on to its failure. */
export function checkLives(
  lives: readonly LifeRows[],
  { every, cycle, failed }: HistoryColumns,
  report: Report,
): void {
  for (const { unit, ...life } of lives) {
    life.cycles.forEach((at, row) => {
      if (row === 0 || at !== life.cycles[row - 1]) return;
      const message = `"${unit}" has ${cycle} ${at} on line ${life.lines[row - 1]} already`;
      report({ line: life.lines[row] ?? 0, column: 1, message });
    });
    const last = { line: life.lines.at(-1) ?? 0, column: 1 };
    if (failed !== undefined && life.failed !== 1)
      report({
        ...last,
        message: `"${unit}" did not end in failure ("${failed}" is not 1 in its last row): leave it out`,
      });
    const days = every === "day" ? life.cycles.length : daysIn(life.cycles);
    if (days < fewestDays)
      report({
        ...last,
        message: `"${unit}" has ${days} days; a life from early on to the failure has ${fewestDays} or more`,
      });
  }
  if (lives.length < fewestLives)
    report({
      ...{ line: 0, column: 0 },
      message: `${lives.length} lives are too few; it takes ${fewestLives} that ended in failure`,
    });
}

const daysIn = (cycles: readonly number[]): number =>
  new Set(cycles.map((cycle) => Math.floor(cycle / hoursPerDay))).size;
