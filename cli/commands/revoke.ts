import { userInfo } from "node:os";
import { revokeCredential } from "@firebreak/kit/credentials.ts";
import { Command } from "commander";

/** `firebreak revoke`: ends every right of a gateway, of its password and of its certificates. */
export function create(): Command {
  return new Command("revoke")
    .argument("<gateway>", "id of the gateway")
    .option("--data <folder>", "the hub's data folder", "./firebreak-data")
    .option("--by <name>", "who says so, for the record", userInfo().username)
    .addHelpText(
      "after",
      `
A running hub cuts the connection within a minute and lets the gateway in no more; what it has not delivered stays on
it. \`firebreak enroll <gateway> --renew\` lets it in again, with a new password or a new claim.`,
    )
    .action((gateway: string, { data, by }: { data: string; by: string }) => {
      revokeCredential(data, gateway, by);
      process.stdout.write(`${gateway} is revoked\n`);
    });
}
