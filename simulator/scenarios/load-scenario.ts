import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import {
  badConfiguration,
  type ConfigProblem,
  inFileOrder,
  loadConfig,
} from "@firebreak/kit/load-config.ts";
import { findScenarioMistakes } from "./check-scenario.ts";
import { Scenario } from "./scenario-schema.ts";

const folder = import.meta.dirname;
const ending = ".yaml";

/** Names of the scenarios that come with Firebreak, sorted as people count. */
export const listScenarios = (): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => basename(name, ending))
    .sort((one, other) => one.localeCompare(other, "en", { numeric: true }));

/** @param nameOrPath one of `listScenarios`, or a file. @throws CodedError BAD_CONFIGURATION with all problems */
export function loadScenario(nameOrPath: string): Scenario {
  const file = findScenario(nameOrPath);
  if (file === undefined) throw noSuchScenario(nameOrPath);
  const { scenario, problems } = readScenario(readFileSync(file, "utf8"), basename(file, ending));
  if (scenario === undefined || problems.length > 0) throw badConfiguration(file, problems);
  return scenario;
}

/** Every problem of a scenario's text at once, in file order. `name`: what the file is called. */
export function readScenario(
  text: string,
  name: string,
): { readonly scenario?: Scenario; readonly problems: readonly ConfigProblem[] } {
  const loaded = loadConfig(text, Scenario);
  // Names can be looked up only where the shape is right: a draft may lack anything.
  if ("problems" in loaded) return { problems: loaded.problems };
  const problems = findScenarioMistakes(loaded.value, name).map(({ path, message }) =>
    loaded.problemAt(path, message),
  );
  return { scenario: loaded.value, problems: inFileOrder(problems) };
}

/** The file that a name or a path means; undefined when there is none. */
export function findScenario(nameOrPath: string): string | undefined {
  const own = join(folder, `${nameOrPath}${ending}`);
  if (/^[a-z][a-z0-9-]*$/.test(nameOrPath) && existsSync(own)) return own;
  const path = resolve(nameOrPath);
  return path.endsWith(ending) && existsSync(path) ? path : undefined;
}

/** For people who named one that is not there. */
export const scenarioChoice = (): string =>
  `give a path to a ${ending} file, or one of ${listScenarios().join(", ")}`;

function noSuchScenario(nameOrPath: string) {
  const message = `no such scenario; ${scenarioChoice()}`;
  return badConfiguration(nameOrPath, [{ path: "", line: 1, column: 1, message }]);
}
