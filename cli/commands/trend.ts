import { createCrossingForecaster } from "@firebreak/rules/prognosis/trend/forecast-crossing.ts";
import { SingleBar } from "cli-progress";
import { Command } from "commander";
import { createFileProblems } from "../files/file-problems.ts";
import { type Line, type LineSource, openLines } from "../files/read-lines.ts";
import { createWholeFile, type WholeFile } from "../files/whole-file.ts";
import { readTask } from "./trend/limit-task.ts";

interface Options {
  readonly in: string;
  readonly out: string;
}

const help = `
Each line of the input is one task, a signal with one sample per cycle up to now and a limit:
  {"id":"pump-7","values":[44.81,44.88,…],"limit":47.5,"direction":"up","horizon":120}
Each line of the output answers one of them, in the same order:
  {"id":"pump-7","eta":31.4,"lo":22.6,"hi":47.1}

eta is in how many samples the signal, smoothed, passes the limit and stays past it; null: more likely not within the
horizon than within. lo and hi hold it with 80 %; hi goes no farther than four horizons, which then means "or never".
A task is answered from its own samples alone.

Exit code 1 with every mistake by line and column if the input is wrong; then there is no output.

Example:
  firebreak trend --in tasks.jsonl.gz --out eta.jsonl
`;

/** `firebreak trend`: when signals will pass their limits. */
export function create(): Command {
  return new Command("trend")
    .requiredOption("--in <file>", "tasks, a line of JSON each, gzipped or not")
    .requiredOption("--out <file>", "answers, a line of JSON each")
    .addHelpText("after", help)
    .action(run);
}

async function run(options: Options): Promise<void> {
  const source = await openLines(options.in);
  const output = createWholeFile(options.out);
  try {
    await answerAll(source, output);
    await output.finish();
  } catch (error) {
    await output.discard();
    throw error;
  }
}

/** Answers until something is wrong; reads to the end all the same, so that all that is wrong is told. */
async function answerAll(source: LineSource, output: WholeFile): Promise<void> {
  const problems = createFileProblems();
  const { path } = source;
  const bar = progressBar(source);
  const seen = new Set<string | number>();
  let forecaster = createCrossingForecaster(1);
  async function answer(line: Line): Promise<void> {
    const task = readTask(path, line, problems);
    if (task === undefined) return;
    const place = { path, line: line.number, column: 1 };
    if (seen.has(task.id)) problems.add({ ...place, message: `id: “${task.id}” came before` });
    seen.add(task.id);
    if (problems.count > 0) return;
    if (task.horizon !== forecaster.horizon) forecaster = createCrossingForecaster(task.horizon);
    const { eta, lo, hi } = forecaster.forecast(task);
    const answered = { id: task.id, eta: rounded(eta), lo: rounded(lo), hi: rounded(hi) };
    await output.write(`${JSON.stringify(answered)}\n`);
  }
  const answerEach = async () => {
    for await (const line of source.lines()) {
      bar?.update(source.readBytes);
      if (line.text.trim() !== "") await answer(line);
    }
  };
  await problems.during(answerEach).finally(() => bar?.stop());
  if (seen.size === 0 && problems.count === 0)
    problems.add({ path, line: 0, column: 0, message: "the file is empty" });
  problems.throwIfAny();
}

const rounded = (samples: number | null): number | null =>
  samples === null ? null : Math.round(samples * 100) / 100;

function progressBar({ totalBytes }: LineSource): SingleBar | undefined {
  if (!process.stderr.isTTY || totalBytes === 0) return undefined;
  const bar = new SingleBar({
    format: "{bar} {percentage}%, {eta} s left",
    stream: process.stderr,
    clearOnComplete: true,
  });
  bar.start(totalBytes, 0);
  return bar;
}
