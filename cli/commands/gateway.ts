import { readGatewayConfig } from "@firebreak/gateway/config.ts";
import { startGateway } from "@firebreak/gateway/main.ts";
import { createLogger } from "@firebreak/kit/logger.ts";
import { Command } from "commander";
import { untilToldToEnd } from "../until-told-to-end.ts";

const help = `
gateway/gateway.sample.yaml explains every line of a configuration. All mistakes in it are told at once (exit 78).
It runs until SIGTERM or Ctrl-C; what the hub does not have yet stays in the spool and goes out at the next start.
`;

/** `firebreak gateway`: reads the buses of machines and delivers to a hub, until told to end. */
export function create(): Command {
  return new Command("gateway")
    .requiredOption("--config <file>", "the gateway's configuration, YAML")
    .addHelpText("after", help)
    .action(async ({ config }: { config: string }) => {
      const log = createLogger();
      const gateway = await startGateway({ ...readGatewayConfig(config), log });
      log.info({ ...gateway.status().spool }, "gateway is running");
      await untilToldToEnd();
      await gateway.stop();
      const { pendingBatches } = gateway.status().spool;
      log.info({ pendingBatches }, "gateway has ended");
    });
}
