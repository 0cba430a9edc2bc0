import { readFileSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { dirname } from "node:path";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { loadPlan, planFileOf } from "@firebreak/plans/load-plans.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { SingleBar } from "cli-progress";
import { Command, InvalidArgumentError, Option } from "commander";
import { createLearnedModels, type LearnedModels } from "../learned/learned-models.ts";
import { readInstant } from "../read-instant.ts";
import { backtestText } from "./backtest/backtest-text.ts";
import { openFolderSource } from "./backtest/folder-source.ts";
import type { HistorySource } from "./backtest/history-source.ts";
import { openHubSource } from "./backtest/hub-source.ts";
import { runBacktest } from "./backtest/run-backtest.ts";

interface Options {
  readonly plan: string;
  readonly against?: string;
  readonly machine?: readonly string[];
  readonly from: number;
  readonly to: number;
  readonly data?: string;
  readonly hub?: string;
  readonly tokenFile?: string;
  readonly report: "text" | "json";
}

const help = `
Lets the rules of a plan judge stored history in the order of the machines' own time, and holds the tickets that they
would have opened against what people found: a repair or inspection with a confirmed cause is a failure (right where a
ticket of that failure mode came at most 120 days before it or a day behind), "no fault found" a false alarm (within a
week), everything else is unknown. Per failure mode: precision with the lower end of its interval, lead time, missed
failures, journeys for nothing. With --against a second plan judges the same samples, side by side.

History is only read, by this process and at low priority: a hub that runs on the folder goes on judging. Rules begin to
learn at --from; those that rest on files beside the plan learn from these first. Repairs do not end episodes here, so an
episode lasts as long as its signal says.

Trouble codes are not kept as long as samples: of each machine the newest 2,000 steps (a code came, went, fell silent),
and none from before the release that keeps them. Rules about them judge what there is, a message a second made again from
the steps; the report says from when on codes are known, and of how many machines.

Exit code 1 where there is nothing to judge; 78 for mistakes in a plan.

Examples:
  firebreak backtest --plan concrete-pump-truck --from 2026-03-01 --to 2026-06-01 --data ./firebreak-data
  firebreak backtest --plan ./tuned.yaml --against concrete-pump-truck --from 2026-03-01 --to 2026-06-01 \\
    --hub https://hub.example --token-file token --report json
`;

/** `firebreak backtest`: which tickets a plan would have opened on stored history. */
export function create(): Command {
  return new Command("backtest")
    .requiredOption("--plan <type or file>", "the plan to try")
    .option("--against <type or file>", "another plan, or version of it, beside it")
    .option("--machine <id...>", "these machines only; default all that such a plan judges")
    .requiredOption("--from <time>", "begin, ISO 8601 or a day (UTC)", toTime)
    .requiredOption("--to <time>", "end, exclusive", toTime)
    .option("--data <folder>", "a hub's data folder, with embedded stores")
    .addOption(new Option("--hub <url>", "a hub's interface instead").conflicts("data"))
    .option("--token-file <file>", "with --hub: its API token")
    .addOption(
      new Option("--report <form>", "what to print").choices(["text", "json"]).default("text"),
    )
    .addHelpText("after", help)
    .action(run);
}

async function run(options: Options, command: Command): Promise<void> {
  const { from, to, data, hub } = options;
  if (to <= from) command.error("error: --to must be behind --from");
  if (data === undefined && hub === undefined)
    command.error("error: say where history is, with --data or --hub");
  const files = [options.plan, ...(options.against ? [options.against] : [])];
  const plans = files.map(loadPlan);
  const [plan, other = plan] = plans;
  if (plan?.plan !== other?.plan)
    throw new CodedError(
      "BAD_CONFIGURATION",
      `--against: ${other?.plan} is a plan of another machine type than ${plan?.plan}`,
    );
  setPriority(constants.priority.PRIORITY_LOW);
  const source = sourceOf(options);
  const bar = showProgress();
  const learned = learnedBy(new Map(plans.map((one, at) => [one, files[at] ?? ""])));
  try {
    const span = { fromMs: from, toMs: to };
    const report = await runBacktest(
      source,
      { plans, machines: options.machine, ...span, learned },
      bar.update,
    );
    bar.stop();
    process.stdout.write(
      options.report === "json" ? `${JSON.stringify(report, null, 2)}\n` : backtestText(report),
    );
  } finally {
    bar.stop();
    await learned.stop();
    await source.close();
  }
}

/** A rule that cannot learn is told of, and the others are judged. */
const learnedBy = (files: ReadonlyMap<Plan, string>): LearnedModels =>
  createLearnedModels({
    folderOf: (plan) => dirname(planFileOf(files.get(plan) ?? "")),
    keepIn: undefined,
    tell: ({ rule, error }) =>
      error && process.stderr.write(`rule ${rule} cannot judge: ${error.message}\n`),
  });

function sourceOf({ data, hub, tokenFile }: Options): HistorySource {
  if (hub === undefined) return openFolderSource(data ?? "");
  if (tokenFile === undefined)
    throw new CodedError(
      "BAD_CONFIGURATION",
      "--hub wants --token-file: `firebreak token --role viewer` prints one",
    );
  return openHubSource(hub, readFileSync(tokenFile, "utf8").trim());
}

function toTime(text: string): number {
  const ms = readInstant(text);
  if (ms !== undefined) return ms;
  throw new InvalidArgumentError(
    "a time is ISO 8601 with its zone, such as 2026-03-01 (UTC) or 2026-03-01T08:00:00Z",
  );
}

function showProgress() {
  const bar = process.stderr.isTTY
    ? new SingleBar({
        format: "{bar} {percentage}%, {eta_formatted} left",
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
