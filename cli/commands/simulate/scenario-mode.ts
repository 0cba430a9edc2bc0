import { readFileSync } from "node:fs";
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
import { reportPage } from "./scenario/page/report-page.ts";
import { type Language, languages } from "./scenario/page/words.ts";
import { type RunHooks, runScenario } from "./scenario/run-scenario.ts";
import {
  reportText,
  type ScenarioReport,
  type Served,
  toReport,
} from "./scenario/scenario-report.ts";
import type { SimulateMode } from "./simulate-mode.ts";

const options = [
  new Option("--scenario <name>", "let a scenario happen against a hub of its own, and judge it"),
  new Option("--report <form>", "text, json or html").default("text"),
  new Option("--language <language>", `of an html report: ${languages.join(", ")}`).default("both"),
];

const help = `
A scenario starts a hub on a new folder, with a clock of its own that goes as fast as this computer can; everything in
it is simulated, and gone at the end. Ends with 1 when a condition is not met. ${listScenarios().join(", ")}, or a file.
  firebreak simulate --scenario as-1 --report json
  firebreak simulate --scenario as-3 --report html > as-3.html`;

const forms = ["text", "json", "html"];

interface Asked {
  readonly scenario: string;
  readonly report: string;
  readonly language: string;
}

/** Named scenarios against a hub, through MQTT and its public interface. */
export const scenarioMode: SimulateMode = { askedBy: "scenario", options, help, run };

async function run(command: Command): Promise<void> {
  const { scenario: name, report: form, language: spoken } = command.opts<Asked>();
  const language = languages.find((one) => one === spoken);
  const mistakes = [
    ...(findScenario(name) ? [] : [`--scenario: there is no "${name}"; ${scenarioChoice()}`]),
    ...(forms.includes(form) ? [] : [`--report: "${form}" is none of ${forms.join(", ")}`]),
    ...(language ? [] : [`--language: "${spoken}" is none of ${languages.join(", ")}`]),
  ];
  if (mistakes.length > 0 || !language) {
    const lines = mistakes.map((one) => `  ${one}\n`).join("");
    process.stderr.write(`firebreak simulate: this cannot be done:\n${lines}`);
    process.exitCode = exitCodes.usage;
    return;
  }
  const scenario = loadScenario(name);
  const beganMs = performance.now();
  const organisations = await serveAll(scenario);
  const outcome =
    organisations.at(-1)?.outcome ??
    (await withBar(scenario.scenario, (hooks) => runScenario(scenario, hooks)));
  const undisturbed = needsUndisturbed(scenario)
    ? await withBar("without its events", (hooks) =>
        runScenario({ ...scenario, events: [] }, hooks),
      )
    : undefined;
  const seconds = (performance.now() - beganMs) / 1_000;
  const report = toReport(scenario, { outcome, undisturbed, organisations }, seconds);
  process.stdout.write(told(form, scenario, report, language));
  if (!report.isPassed) process.exitCode = exitCodes.failed;
}

function told(
  form: string,
  scenario: Scenario,
  report: ScenarioReport,
  language: Language,
): string {
  if (form === "json") return `${JSON.stringify(report, null, 2)}\n`;
  if (form === "html") return reportPage(scenario, report, { language, version: version() });
  return reportText(report);
}

/** Of this program. */
function version(): string {
  const file = new URL("../../package.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { readonly version: string }).version;
}

/** The scenario once with each of its organisations. */
async function serveAll(scenario: Scenario): Promise<readonly Served[]> {
  const served: Served[] = [];
  for (const organisation of scenario.organisations ?? []) {
    const run = (hooks: RunHooks) => runScenario(scenario, hooks, organisation);
    served.push({ organisation, outcome: await withBar(organisation.name, run) });
  }
  return served;
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
