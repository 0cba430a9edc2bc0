import { resolve } from "node:path";
import { fewestLearnRows } from "@firebreak/rules/detectors/multivariate.ts";
import { Command, InvalidArgumentError } from "commander";
import { splitRow } from "./score/csv-row.ts";
import { type Scored, scoreFile } from "./score/score-file.ts";
import { NoSuchColumnError } from "./score/series-layout.ts";

interface Options {
  readonly in: string;
  readonly out: string;
  readonly time?: string;
  readonly signals?: readonly string[];
  readonly trainRows?: number;
}

const help = `
The output is CSV with one line per row of the input, in its order:
  row      0-based
  novelty  how new the row is, in units of the alarm limit: a spike at the onset, 0 while nothing new happens
  score    0 to 1, 0.5 at the limit: stays up while the trouble lasts
  alarm    1 at the onset (one signal), as long as the trouble lasts (several), else 0
Each line follows from the rows up to it alone.

One signal is compared with all that it has done before: its range, its jumps, its level and spread over 48 rows, and
the same time the day before. Several signals are compared with their own slow past and with what each says of the
others. The first rows only teach and have no alarm: 100 for one signal, 400 for several, or --train-rows.

The input has a head line; the separator (, ; tab |) is told by the content. With any separator but the comma, numbers
may have a decimal comma. Times are ISO 8601 (UTC unless they say otherwise), 31.12.2024 23:59:59, 12/31/2024 1:59 PM or
31/12/2024 13:59 where a date of the column says which number is the day, or s, ms, µs or ns since 1970; without --time
the first column of times is taken, and a file without times is read by its rows. Blank lines are no rows. An empty
cell, NaN, NA or null is a missing value, and one beyond 1e100 counts as such: its row is judged without it, and a
column that has nothing else in the rows that teach is left out; of several, so is one that never moved in them. A time
before that of the row above counts as unknown, one that repeats as another row. Anything else that is no number, or a
row with more or fewer cells than the head line, ends the command with line and column, and no output is written.

Exit codes: 0 scored, 1 the file cannot be read or is no series, 2 wrong use (also: no such column).

Examples:
  firebreak score --in pressure.csv --out scores.csv
  firebreak score --in pump.csv --time datetime --signals Current,Pressure,Flow --train-rows 400 --out -
`;

/** `firebreak score`: what is unusual in a series, row by row. */
export function create(): Command {
  return new Command("score")
    .requiredOption("--in <file>", "series as CSV")
    .requiredOption("--out <file>", "where the scores go; - is stdout")
    .option("--time <column>", "column of times")
    .option(
      "--signals <columns>",
      'columns to judge, as a,b or "a, with a comma",b; may be left out if one holds numbers',
      names,
    )
    .option("--train-rows <n>", "rows at the beginning that are healthy and only teach", rowCount)
    .addHelpText("after", help)
    .action(run);
}

function names(text: string): readonly string[] {
  const cells = /(^|,)\s*"/.test(text) ? splitRow(text, ",") : text.split(",");
  const all = cells?.map((name) => name.trim());
  if (all === undefined) throw new InvalidArgumentError("A quote is not closed.");
  if (all.some((name) => name === "")) throw new InvalidArgumentError("Name columns as a,b.");
  if (new Set(all).size < all.length) throw new InvalidArgumentError("A column is named twice.");
  return all;
}

function rowCount(text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < fewestLearnRows)
    throw new InvalidArgumentError(`Give a whole number of at least ${fewestLearnRows}.`);
  return count;
}

async function run(options: Options, command: Command): Promise<void> {
  if (resolve(options.in) === resolve(options.out))
    command.error("--in and --out are the same file.", { exitCode: 2 });
  try {
    report(options.in, await scoreFile(options.in, options.out, options));
  } catch (error) {
    if (error instanceof NoSuchColumnError) command.error(error.message, { exitCode: 2 });
    throw error;
  }
}

/** What was read otherwise than it may have been meant. */
function report(path: string, { rows, learnRows, oddities, silent, still, unread }: Scored): void {
  const { missing, absurd, firstAbsurd, backwards, firstBackwards, repeated } = oddities;
  const say = (text: string) => process.stderr.write(`firebreak score: ${path}: ${text}.\n`);
  if (rows <= learnRows)
    say(`all ${rows} rows only teach (${learnRows} are needed), so there is no alarm`);
  if (silent.length > 0) say(`no value in the rows that teach, and left out: ${silent.join(", ")}`);
  if (still.length > 0)
    say(`never moved in the rows that teach, so nothing is found of them: ${still.join(", ")}`);
  if (unread) {
    const why = unread.isEither ? "which number is the day?" : "in no form that is known here";
    say(`column "${unread.column}" is not read as times ("${unread.cell}", ${why}): rows count`);
  }
  if (missing > 0) say(`values missing, and not judged: ${missing}`);
  if (absurd > 0)
    say(
      `values beyond 1e100, which no sensor gives, not judged: ${absurd}, first in line ${firstAbsurd}`,
    );
  if (backwards > 0)
    say(
      `times that go backwards, and count as unknown: ${backwards}, first in line ${firstBackwards}`,
    );
  if (repeated > 0) say(`times that repeat the one before, judged all the same: ${repeated}`);
}
