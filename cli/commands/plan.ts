import { Command } from "commander";
import { checkPlans } from "./plan/check.ts";
import { testPlans } from "./plan/test.ts";

const help = `
Examples:
  firebreak plan check                                 every plan that comes with Firebreak
  firebreak plan check plans/loader-tractor/plan.yaml
  firebreak plan test loader-tractor

A plan is one folder: plan.yaml, and testcases/<case>/ with recording.log and expected.json.
`;

/** `firebreak plan`: checks plans and runs their test cases, without a hub. */
export function create(): Command {
  const command = new Command("plan").addHelpText("after", help);
  command
    .command("check")
    .description("report every mistake of plans with line and column (exit 78 if there is any)")
    .argument("[paths...]", "plan ids, folders or files; all plans when none is given")
    .action(checkPlans);
  command
    .command("test")
    .description("judge the recordings of plans' test cases and compare (exit 1 on a difference)")
    .argument("[plans...]", "plan ids, folders or files; all plans when none is given")
    .action(testPlans);
  return command;
}
