import { Command } from "commander";
import { checkPlans } from "./plan/check.ts";
import type { ExplainOptions } from "./plan/explain.ts";
import { testPlans } from "./plan/test.ts";

const help = `
Examples:
  firebreak plan check                                 every plan that comes with Firebreak
  firebreak plan check plans/loader-tractor/plan.yaml
  firebreak plan test loader-tractor
  firebreak plan explain trailer-concrete-pump --region south --segment railway

A plan is one folder: plan.yaml, and testcases/<case>/ with recording.log (or hours.csv) and expected.json.
`;

const explainHelp = `
A plan is laid over for the regions from the root to the leaf, then for the customer's segment; his commitment comes
last and may only shorten times. A machine brings its region and its customer, a customer his segment, the region of
his machines of this type and the commitment that holds today; what is named itself goes before. What follows an
arrow (<-) is not the plan's own: the layer that says it, and file:line:column.

Regions, customers and machines are those of the demonstration unless --data or --organisation names yours.

Examples:
  firebreak plan explain trailer-concrete-pump
  firebreak plan explain trailer-concrete-pump --region southwest --segment urban_construction
  firebreak plan explain concrete-pump-truck --machine PUMP-001
  firebreak plan explain ./my-pump/plan.yaml --customer C-014 --data /var/lib/firebreak --json

Exit: 2 for a region, segment, customer or machine that there is not (those that there are are named), 78 for a plan
or an organisation with mistakes.
`;

/** `firebreak plan`: checks plans, runs their test cases and says what they mean in a place, without a hub. */
export function create(): Command {
  const command = new Command("plan").addHelpText("after", help);
  command
    .command("check")
    .description("report every mistake of plans with line and column (exit 78 if there is any)")
    .argument("[paths...]", "plan ids, folders or files; all plans when none is given")
    .option(
      "--organisation <file>",
      "looks whether the regions of the plans are in this file's tree",
    )
    .action(async (paths: readonly string[], { organisation }: { organisation?: string }) => {
      if (organisation === undefined) return checkPlans(paths);
      const { organisationOfFile, treeOf } = await import("./plan/known-organisation.ts");
      return checkPlans(paths, treeOf(organisationOfFile(organisation).regions));
    });
  command
    .command("test")
    .description("judge the recordings of plans' test cases and compare (exit 1 on a difference)")
    .argument("[plans...]", "plan ids, folders or files; all plans when none is given")
    .action(testPlans);
  command
    .command("explain")
    .description(
      "say what a plan promises for a region, segment and customer, and which layer says so",
    )
    .argument("<plan>", "a plan id, folder or file")
    .option("--region <id>", "where the machine works; all regions above it count too")
    .option("--segment <id>", "the customer's trade")
    .option("--customer <id>", "whose machine it is")
    .option("--machine <id>", "the machine itself, with its region and customer")
    .option("--organisation <file>", "regions, customers and machines of an organisation's file")
    .option("--data <folder>", "those of a hub, with headquarters' overrides; it may run")
    .option("--database <url>", "as for the hub, if it is not in the data folder")
    .option("--database-password-file <file>", "its password, instead of in the URL")
    .option("--json", "everything, the whole resolved service section included, as JSON")
    .addHelpText("after", explainHelp)
    .action(async (plan: string, options: ExplainOptions) => {
      const { explainPlans } = await import("./plan/explain.ts");
      await explainPlans(plan, options);
    });
  // What was typed wrong ends with exit 2, as for every other command.
  for (const one of command.commands) one.exitOverride();
  return command;
}
