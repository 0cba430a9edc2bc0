import { existsSync } from "node:fs";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { createCredential, credentialPath } from "@firebreak/kit/credentials.ts";
import { checkId } from "@firebreak/wire/topics.ts";
import { Command } from "commander";

interface Options {
  readonly data: string;
  readonly machine: string[];
  readonly renew?: boolean;
}

/** `firebreak enroll`: gives a gateway its password and its machines; prints nothing but the password. */
export function create(): Command {
  return new Command("enroll")
    .argument("<gateway>", "id of the gateway, as in its configuration")
    .requiredOption("--machine <id...>", "machines it may speak for")
    .option("--data <folder>", "the hub's data folder", "./firebreak-data")
    .option(
      "--renew",
      "replace the password and the machines of a gateway that is enrolled already",
    )
    .addHelpText(
      "after",
      `
The password is shown once and stored nowhere; put it into the file that the gateway's configuration names:
  firebreak enroll pump-gateway-7 --machine PUMP-7 > password && chmod 600 password
It works while a hub runs on the folder. Delete <data>/gateways/<gateway>.json to lock a gateway out.`,
    )
    .action(async (gateway: string, { data, machine, renew }: Options) => {
      for (const id of [gateway, ...machine]) {
        const problem = checkId(id);
        if (problem) throw new CodedError("BAD_ID", `"${id}" ${problem}`);
      }
      if (!renew && existsSync(credentialPath(data, gateway)))
        throw new CodedError(
          "ALREADY_ENROLLED",
          `${gateway} is enrolled already; --renew gives it a new password, and the old one ends`,
        );
      const { password } = await createCredential(data, gateway, machine);
      process.stdout.write(`${password}\n`);
    });
}
