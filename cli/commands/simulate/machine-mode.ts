import { rmSync, writeFileSync } from "node:fs";
import { loadPlan } from "@firebreak/plans/load-plans.ts";
import { recordCan, recordCsv } from "@firebreak/simulator/run/record-run.ts";
import { createSimulation } from "@firebreak/simulator/run/simulation.ts";
import { SingleBar } from "cli-progress";
import { type Command, Option } from "commander";
import { exitCodes } from "../../exit-codes.ts";
import { createLineOutput } from "../../line-output.ts";
import { judgeRun } from "./judge-run.ts";
import { type MachineArguments, type MachineOrder, readMachineOptions } from "./machine-options.ts";
import type { SimulateMode } from "./simulate-mode.ts";

const options = [
  new Option("--machine <type>", "let one machine live, as fast as it goes"),
  new Option("--out <file>", "write what it measures (.csv) or what is on its CAN buses (.log)"),
  new Option("--judge", "print what the rules of its plan find, one line of JSON each"),
  new Option("--from <instant>", "when its life begins").default("2026-01-01T00:00:00+08:00"),
  new Option("--days <count>", "how long it lasts").default("1"),
  new Option("--every <time>", "how often a row is written while it is switched on").default("1m"),
  new Option("--window <length/every>", "a row every second for so long, so often: 60s/15m"),
  new Option("--province <code>", "whose weather it has").default("CN-HN"),
  new Option(
    "--fault <fault@day/hours...>",
    "what breaks, from which day on, within how many hours",
  ),
  new Option("--sensor-fault <signal:kind@day/amount...>", "which sensor lies, and how"),
  new Option("--seed <number>", "of values and of who is cut off").default("1"),
];

const help = `
One machine with its weather, shifts and faults; the same options give the same bytes. What was really the matter with
it is written beside, as <file>.truth.json. A .log has every frame at its own rate, some 400 MB a day of work.
  firebreak simulate --machine concrete-pump-truck --days 365 --every 1m --window 60s/15m --out year.csv
  firebreak simulate --machine concrete-pump-truck --days 30 --fault oil-cooler-fouls@5 --judge`;

/** One machine as a recording, as CSV, or straight before the rules of its plan. */
export const machineMode: SimulateMode = { askedBy: "machine", options, help, run };

async function run(command: Command): Promise<void> {
  const args = command.opts<MachineArguments>();
  const read = readMachineOptions(args, (type) => Object.keys(loadPlan(type).acquisition.signals));
  if ("problems" in read) {
    const lines = read.problems.map(({ option, message }) => `  ${option}: ${message}\n`);
    process.stderr.write(`firebreak simulate: this cannot be done:\n${lines.join("")}`);
    process.exitCode = exitCodes.usage;
    return;
  }
  if (args.out !== undefined) await write(read.order, args.out);
  if (args.judge) await judge(read.order);
}

async function write(order: MachineOrder, path: string): Promise<void> {
  const { type, startMs, untilMs } = order;
  const plan = loadPlan(type.machineType);
  const { signals } = plan.acquisition;
  const simulation = createSimulation({
    ...order,
    lowestOf: (signal) => signals[signal]?.range[0] ?? 0,
  });
  const bar = new SingleBar({
    format: "{bar} {percentage} % | {day}",
    stream: process.stderr,
    noTTYOutput: false,
  });
  const truthPath = `${path}.truth.json`;
  // What an earlier run left is not the truth of this one, should it end before its time.
  rmSync(truthPath, { force: true });
  bar.start(untilMs - startMs, 0, { day: "" });
  const show = (timeMs: number) =>
    bar.update(timeMs - startMs, { day: new Date(timeMs).toISOString().slice(0, 10) });
  try {
    const written = path.endsWith(".csv")
      ? `${await recordCsv(simulation, plan, { ...order, path, onRow: show })} rows`
      : `${await recordCan(simulation, plan, { untilMs, path, machineId: `SIM-${order.seed}`, onStep: show })} frames`;
    bar.update(untilMs - startMs, { day: "" });
    bar.stop();
    writeFileSync(truthPath, `${JSON.stringify(simulation.truth(), null, 2)}\n`);
    process.stderr.write(`${path}: ${written}; the truth is in ${truthPath}\n`);
  } finally {
    bar.stop();
  }
}

async function judge(order: MachineOrder): Promise<void> {
  const { findings, truth, samples } = judgeRun(order);
  const output = createLineOutput(process.stdout);
  for (const finding of findings) output.write(`${JSON.stringify(finding)}\n`);
  await output.flush();
  process.stderr.write(`${samples} samples judged, ${findings.length} steps of findings\n`);
  for (const { fault, visibleAt, failedAt } of truth.faults)
    process.stderr.write(
      `${fault}: visible ${visibleAt ?? "never"}, failed ${failedAt ?? "never"}\n`,
    );
}
