import type { Logger } from "@firebreak/kit/logger.ts";
import { ConfigWatch } from "./config-watch.ts";
import { type GatewaySettings, type LocalConfig, optionsOf } from "./gateway-settings.ts";
import { type Gateway, startGateway } from "./main.ts";
import { readSettings, settingsOf } from "./read-settings.ts";

const lookEveryMs = 5_000;

export interface WatchedGateway {
  /** The one that runs now; another one after a change. */
  current(): Gateway;
  /** The page for the installer, as the configuration at the start wants it. */
  readonly local: LocalConfig | undefined;
  stop(): Promise<void>;
}

/**
 * Runs a gateway from its configuration file and takes changes over, those of plans and of files that these import
 * included: the gateway stops, with everything on disk, and starts anew. A change with mistakes is told and not taken.
 * @throws CodedError as `readSettings`, `readGatewaySettings` and `startGateway`, of the configuration at the start only
 */
export async function startWatchedGateway(file: string, log: Logger): Promise<WatchedGateway> {
  const first = await readSettings(file);
  const settings = settingsOf(first);
  let gateway = await startGateway({ ...optionsOf(settings), log });
  let hasEnded = false;
  let restarts = Promise.resolve();
  const restart = async (changed: GatewaySettings) => {
    if (hasEnded) return;
    await gateway.stop();
    gateway = await startGateway({ ...optionsOf(changed), log });
    log.info({}, "configuration has changed, gateway started anew");
  };
  const watch = new ConfigWatch(file, first.files, {
    read: readSettings,
    onChange: (changed) => {
      restarts = restarts
        .then(() => restart(changed))
        .catch((err: unknown) => log.fatal({ err }, "gateway could not start anew"));
    },
    onRefused: (err) =>
      log.error({ err, code: err.code }, "changed configuration refused, the one before stays"),
  });
  let looking = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(() => watch.look());
  }, lookEveryMs);
  return {
    current: () => gateway,
    local: settings.local,
    async stop() {
      hasEnded = true;
      clearInterval(timer);
      await looking;
      await restarts;
      await gateway.stop();
    },
  };
}
