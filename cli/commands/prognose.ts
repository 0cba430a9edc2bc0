import { SingleBar } from "cli-progress";
import { Command, InvalidArgumentError } from "commander";
import { createWholeFile } from "../files/whole-file.ts";
import { toCsv, toJsonLines } from "./prognose/print-prognoses.ts";
import { prognoseAside } from "./prognose/prognose-aside.ts";
import type { PrognoseRequest } from "./prognose/prognose-files.ts";

interface Options extends PrognoseRequest {
  readonly out: string;
}

const help = `
The train file holds histories that ran to failure, one row per unit and cycle, the last row of a unit the one at which
it failed; the test file units that run still, with the same columns in any order. Separator and decimal comma are told
from the file, which may be gzipped. Every column beside unit and cycle is a signal, and how units were run (load, speed,
place) belongs to them. An empty cell, -, NaN, NA or null is a missing value: it counts as the one before in its unit.

The answer is a row per unit of the test file, in its order: unit,rul,lo,hi. rul is how many cycles are left, in the
unit of the cycle column; lo and hi hold it with 80 %. A name that ends in .jsonl gets lines of JSON instead. As long as
no wear shows, rul stays at what is left when it usually begins to show, however far the end may be; hi says how far.

Three histories are the least; five give a rough answer, from fifty on it gets better slowly. The same seed and files
give the same answer. Scale, shift, name and order of columns do not matter.

Exit code 1 with every mistake by line and column if the input is wrong; then there is no output.

Example:
  firebreak prognose --train runs.csv --test partial.csv --unit machine --cycle hour --out rul.csv
`;

/** `firebreak prognose`: how long units will last, learned from histories that ran to failure. */
export function create(): Command {
  return new Command("prognose")
    .requiredOption("--train <file>", "CSV of histories that ran to failure")
    .requiredOption("--test <file>", "CSV of units that run still")
    .requiredOption("--unit <column>", "column that names the unit of a row")
    .requiredOption("--cycle <column>", "column that counts cycles, hours or strokes")
    .option("--seed <number>", "of the training's random choices", toSeed, 1)
    .requiredOption("--out <file>", "answers, CSV or .jsonl")
    .addHelpText("after", help)
    .action(run);
}

async function run(options: Options, command: Command): Promise<void> {
  const { train, test, unit, cycle, seed, out } = options;
  if (unit === cycle) command.error("error: --unit and --cycle must be different columns");
  const bar = showProgress();
  const output = createWholeFile(out);
  try {
    const prognoses = await prognoseAside({ train, test, unit, cycle, seed }, bar.update);
    await output.write(out.endsWith(".jsonl") ? toJsonLines(prognoses) : toCsv(prognoses));
    await output.finish();
  } catch (error) {
    await output.discard();
    throw error;
  } finally {
    bar.stop();
  }
}

function toSeed(text: string): number {
  const seed = Number(text);
  if (Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32) return seed;
  throw new InvalidArgumentError("a seed is a whole number from 0 to 4294967295");
}

function showProgress() {
  const bar = process.stderr.isTTY
    ? new SingleBar({
        format: "{bar} {percentage}%, {eta} s left",
        stream: process.stderr,
        clearOnComplete: true,
      })
    : undefined;
  bar?.start(1, 0);
  return {
    update: (share: number) => bar?.update(share),
    stop: () => bar?.stop(),
  };
}
