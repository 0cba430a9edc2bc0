import { flushCompileCache } from "node:module";
import { startWatchdog } from "@firebreak/gateway/install/watchdog.ts";
import { startWatchedGateway, type WatchedGateway } from "@firebreak/gateway/watched-gateway.ts";
import { createLogger, type Logger } from "@firebreak/kit/logger.ts";
import { Command } from "commander";
import { untilToldToEnd } from "../until-told-to-end.ts";

const help = `
gateway/gateway.sample.yaml explains every line of a configuration. All mistakes in it are told at once (exit 78).
A changed configuration or plan is taken over within seconds; one with mistakes is told and not taken.
It runs until SIGTERM or Ctrl-C; what the hub does not have yet stays in the spool and goes out at the next start.
`;

interface Arguments {
  readonly config: string;
  readonly install?: boolean;
  readonly dryRun?: boolean;
  readonly claim?: string;
  readonly serial?: string;
}

/** `firebreak gateway`: reads the buses of machines and delivers to a hub, until told to end. */
export function create(): Command {
  return new Command("gateway")
    .requiredOption("--config <file>", "the gateway's configuration, YAML")
    .option("--claim <file or text>", "get this gateway's certificate from the hub, and end")
    .option("--serial <number>", "with --claim: of this device; default: what it says itself")
    .option("--install", "make it a systemd service of this device, and end")
    .option("--dry-run", "with --install: only show what would be done")
    .addHelpText("after", help)
    .action(async ({ config, claim, serial, install, dryRun = false }: Arguments) => {
      if (claim !== undefined) {
        const { claimIdentity } = await import("./gateway/claim-identity.ts");
        const given = { claim, config, ...(serial === undefined ? {} : { serial }) };
        process.stdout.write(`${await claimIdentity(given)}\n`);
        return;
      }
      if (install) {
        const { installUnit } = await import("./gateway/install-unit.ts");
        process.stdout.write(installUnit({ config, dryRun }));
        return;
      }
      const log = createLogger();
      const gateway = await startWatchedGateway(config, log);
      // From here on it says goodbye, also while its page is still being opened.
      const end = untilToldToEnd();
      log.info({ ...gateway.current().status().spool }, "gateway is running");
      // Now, because a machine's gateway ends by losing its power.
      flushCompileCache();
      const page = await localPageOf(gateway, log);
      const watchdog = startWatchdog();
      await end;
      watchdog.stop();
      await page?.close();
      await gateway.stop();
      const { pendingBatches } = gateway.current().status().spool;
      log.info({ pendingBatches }, "gateway has ended");
    });
}

async function localPageOf({ current, local }: WatchedGateway, log: Logger) {
  if (local === undefined) return undefined;
  const { openLocalPage } = await import("./gateway/open-local-page.ts");
  return openLocalPage(current, local, log);
}
