import type { Logger } from "@firebreak/kit/logger.ts";
import { readGatewayConfig } from "./config.ts";
import { ConfigWatch } from "./config-watch.ts";
import { type Gateway, startGateway } from "./main.ts";

const lookEveryMs = 5_000;

export interface WatchedGateway {
  /** The one that runs now; another one after a change. */
  current(): Gateway;
  stop(): Promise<void>;
}

/**
 * Runs a gateway from its configuration file and takes changes over, those of plans and of files that these import
 * included: the gateway stops, with everything on disk, and starts anew. A change with mistakes is told and not taken.
 * @throws CodedError as `readGatewayConfig` and `startGateway`, of the configuration at the start only
 */
export async function startWatchedGateway(file: string, log: Logger): Promise<WatchedGateway> {
  let gateway = await startGateway({ ...readGatewayConfig(file), log });
  let hasEnded = false;
  let restarts = Promise.resolve();
  const restart = async (config: ReturnType<typeof readGatewayConfig>) => {
    if (hasEnded) return;
    await gateway.stop();
    gateway = await startGateway({ ...config, log });
    log.info({}, "configuration has changed, gateway started anew");
  };
  const watch = new ConfigWatch(file, {
    onChange: (config) => {
      restarts = restarts
        .then(() => restart(config))
        .catch((err: unknown) => log.fatal({ err }, "gateway could not start anew"));
    },
    onRefused: (err) =>
      log.error({ err, code: err.code }, "changed configuration refused, the one before stays"),
  });
  const timer = setInterval(() => watch.look(), lookEveryMs);
  return {
    current: () => gateway,
    async stop() {
      hasEnded = true;
      clearInterval(timer);
      await restarts;
      await gateway.stop();
    },
  };
}
