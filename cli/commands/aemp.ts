import { userInfo } from "node:os";
import {
  type AempScope,
  isScope,
  openAempClients,
} from "@firebreak/dashboards/server/aemp/client-files.ts";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { Command } from "commander";
import { requireHubFolder } from "../hub/hub-files.ts";

const help = `
Examples:
  firebreak aemp add "ERP of ACME" --customer ACME
  firebreak aemp add "our own portal" --whole-fleet
  firebreak aemp list
  firebreak aemp revoke aemp-0123456789ab

What a client is shown and how it asks: docs/iso15143.md. It counts while a hub runs on the folder, without a restart.
`;

interface AddOptions {
  readonly data: string;
  readonly customer?: string;
  readonly machine?: readonly string[];
  readonly wholeFleet?: true;
  readonly by: string;
}

const withData = (command: Command): Command =>
  command
    .option("--data <folder>", "the hub's data folder", "./firebreak-data")
    .hook("preAction", (given) => requireHubFolder(given.opts<{ data: string }>().data));

/** `firebreak aemp`: programs of others that may read machines over ISO 15143-3. */
export function create(): Command {
  const command = new Command("aemp").addHelpText("after", help);
  withData(command.command("add"))
    .description("make a client; prints its id and its secret, which is shown once")
    .argument("<name>", "whose program it is")
    .option("--customer <id>", "shows the machines of a customer while they are that customer's")
    .option("--machine <id...>", "shows these machines only")
    .option("--whole-fleet", "shows every machine")
    .option("--by <name>", "who says so, for the record", userInfo().username)
    .action((name: string, options: AddOptions) => {
      const { customer: customerId, machine: machineIds, wholeFleet } = options;
      const scope: AempScope = {
        ...(customerId === undefined ? {} : { customerId }),
        ...(machineIds === undefined ? {} : { machineIds: [...machineIds] }),
        ...(wholeFleet ? { wholeFleet } : {}),
      };
      if (!isScope(scope))
        throw new CodedError(
          "BAD_CONFIGURATION",
          "say what it may see: --customer, --machine or both, or --whole-fleet alone",
        );
      const clients = openAempClients(options.data);
      const { client, clientSecret } = clients.create({ name, scope, createdBy: options.by });
      process.stdout.write(`client_id=${client.clientId}\nclient_secret=${clientSecret}\n`);
    });
  withData(command.command("list"))
    .description("print the clients, one JSON object a line")
    .action(({ data }: { data: string }) => {
      for (const client of openAempClients(data).list())
        process.stdout.write(`${JSON.stringify(client)}\n`);
    });
  withData(command.command("revoke"))
    .description("revoke a client; its access tokens end at once")
    .argument("<client>", "its id")
    .action((clientId: string, { data }: { data: string }) => {
      if (!openAempClients(data).revoke(clientId))
        throw new CodedError("BAD_CONFIGURATION", `there is no client ${clientId}`);
      process.stdout.write(`${clientId} is revoked\n`);
    });
  return command;
}
