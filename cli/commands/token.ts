import { createToken } from "@firebreak/kit/api-tokens.ts";
import { roles } from "@firebreak/kit/roles.ts";
import { Command, Option } from "commander";

/** `firebreak token`: prints an API token and nothing else, so that it can be captured by a script. */
export function create(): Command {
  return new Command("token")
    .option("--data <folder>", "the hub's data folder", "./firebreak-data")
    .addOption(new Option("--role <role>", "what the token may do").choices(roles).default("admin"))
    .addHelpText(
      "after",
      "\nUse it as `Authorization: Bearer <token>`. It works while a hub runs on the folder, without a restart.\nDelete <data>/tokens/<id>.json to revoke it.",
    )
    .action(({ data, role }) => {
      process.stdout.write(`${createToken(data, role)}\n`);
    });
}
