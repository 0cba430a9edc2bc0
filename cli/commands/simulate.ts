import { Command } from "commander";
import { exitCodes } from "../exit-codes.ts";
import { loadMode } from "./simulate/load-mode.ts";
import { machineMode } from "./simulate/machine-mode.ts";
import { scenarioMode } from "./simulate/scenario-mode.ts";
import type { SimulateMode } from "./simulate/simulate-mode.ts";

/** Every mode; the option that asks for one is its own. */
const modes: readonly SimulateMode[] = [loadMode, machineMode, scenarioMode];

/** `firebreak simulate`: machines that are not there. */
export function create(): Command {
  const command = new Command("simulate");
  const known = new Set<string>();
  for (const option of modes.flatMap(({ options }) => options)) {
    if (!known.has(option.flags)) command.addOption(option);
    known.add(option.flags);
  }
  for (const { help } of modes) command.addHelpText("after", help);
  return command.action(async () => {
    const asked = modes.filter(({ askedBy }) => command.opts()[askedBy] !== undefined);
    const [mode, ...others] = asked;
    if (mode && others.length === 0) return mode.run(command);
    const names = modes.map(({ askedBy }) => `--${askedBy}`).join(", ");
    process.stderr.write(`firebreak simulate: say what: one of ${names} (see --help)\n`);
    process.exitCode = exitCodes.usage;
    return undefined;
  });
}
