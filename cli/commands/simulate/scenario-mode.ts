import {
  findScenario,
  listScenarios,
  loadScenario,
  scenarioChoice,
} from "@firebreak/simulator/scenarios/load-scenario.ts";
import type { Scenario } from "@firebreak/simulator/scenarios/scenario-schema.ts";
import { SingleBar } from "cli-progress";
import { type Command, Option } from "commander";
import { exitCodes } from "../../exit-codes.ts";
import { type RunHooks, runScenario } from "./scenario/run-scenario.ts";
import { reportText, toReport } from "./scenario/scenario-report.ts";
import type { SimulateMode } from "./simulate-mode.ts";

const options = [
  new Option("--scenario <name>", "let a scenario happen against a hub of its own, and judge it"),
  new Option("--report <form>", "text or json").default("text"),
];

const help = `
A scenario starts a hub on a new folder, with a clock of its own that goes as fast as this computer can; everything in
it is simulated, and gone at the end. Ends with 1 when a condition is not met. ${listScenarios().join(", ")}, or a file.
  firebreak simulate --scenario as-1 --report json`;

/** Named scenarios against a hub, through MQTT and its public interface. */
export const scenarioMode: SimulateMode = { askedBy: "scenario", options, help, run };

async function run(command: Command): Promise<void> {
  const { scenario: name, report: form } = command.opts<{ scenario: string; report: string }>();
  const mistakes = [
    ...(findScenario(name) ? [] : [`--scenario: there is no "${name}"; ${scenarioChoice()}`]),
    ...(form === "text" || form === "json" ? [] : [`--report: "${form}" is neither text nor json`]),
  ];
  if (mistakes.length > 0) {
    const lines = mistakes.map((one) => `  ${one}\n`).join("");
    process.stderr.write(`firebreak simulate: this cannot be done:\n${lines}`);
    process.exitCode = exitCodes.usage;
    return;
  }
  const scenario = loadScenario(name);
  const beganMs = performance.now();
  const outcome = await withBar(scenario.scenario, (hooks) => runScenario(scenario, hooks));
  const undisturbed = needsUndisturbed(scenario)
    ? await withBar("without its events", (hooks) =>
        runScenario({ ...scenario, events: [] }, hooks),
      )
    : undefined;
  const seconds = (performance.now() - beganMs) / 1_000;
  const report = toReport(scenario, { outcome, undisturbed }, seconds);
  process.stdout.write(
    form === "json" ? `${JSON.stringify(report, null, 2)}\n` : reportText(report),
  );
  if (!report.isPassed) process.exitCode = exitCodes.failed;
}

const needsUndisturbed = ({ conditions }: Scenario) =>
  conditions.some(({ condition }) => condition === "as-undisturbed");

async function withBar<Result>(
  what: string,
  work: (hooks: RunHooks) => Promise<Result>,
): Promise<Result> {
  const bar = new SingleBar({
    format: `{bar} {percentage} % | ${what}`,
    stream: process.stderr,
    noTTYOutput: false,
  });
  bar.start(1, 0);
  try {
    return await work({ onStep: (share) => bar.update(share) });
  } finally {
    bar.stop();
  }
}
