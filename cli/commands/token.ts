import { createToken } from "@firebreak/kit/api-tokens.ts";
import { roles } from "@firebreak/kit/roles.ts";
import { Command, Option } from "commander";
import { requireHubFolder } from "../hub/hub-files.ts";

/** `firebreak token`: prints an API token and nothing else, so that it can be captured by a script. */
export function create(): Command {
  return new Command("token")
    .option("--data <folder>", "the hub's data folder", "./firebreak-data")
    .addOption(new Option("--role <role>", "what the token may do").choices(roles).default("admin"))
    .option("--engineer <id>", "the engineer it works for")
    .option("--station <id>", "the station it belongs to")
    .option("--region <id>", "the region it belongs to")
    .option("--customer <id>", "the customer it belongs to")
    .addHelpText(
      "after",
      "\nUse it as `Authorization: Bearer <token>`. It works while a hub runs on the folder, without a restart.\nDelete <data>/tokens/<id>.json to revoke it.",
    )
    .action(({ data, role, ...rest }) => {
      const { engineer, station, region, customer } = rest;
      const ids = {
        engineerId: engineer,
        stationId: station,
        regionId: region,
        customerId: customer,
      };
      requireHubFolder(data);
      process.stdout.write(`${createToken(data, role, ids)}\n`);
    });
}
