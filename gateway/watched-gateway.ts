import type { Logger } from "@firebreak/kit/logger.ts";
import { ConfigWatch } from "./config-watch.ts";
import type { GatewayOptions } from "./gateway-options.ts";
import { type LocalConfig, optionsOf } from "./gateway-settings.ts";
import { type Gateway, startGateway } from "./main.ts";
import { type SettingsAnswer, settingsOf } from "./read-settings.ts";
import { RemoteLayer } from "./remote/remote-layer.ts";

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
 * included, and those that the hub sends: the gateway stops, with everything on disk, and starts anew. A change with
 * mistakes is told and not taken. What the hub sent is tried and, unless the hub confirms it in time, rolled back.
 * `given`: beside the file.
 * @throws CodedError as `readSettings`, `readGatewaySettings` and `startGateway`, of the configuration at the start only
 */
export async function startWatchedGateway(
  file: string,
  log: Logger,
  given: Pick<GatewayOptions, "reconnect"> = {},
): Promise<WatchedGateway> {
  let hasEnded = false;
  let restarts = Promise.resolve();
  const restartSoon = () => {
    restarts = restarts
      .then(restart)
      .catch((err: unknown) => log.fatal({ err }, "gateway could not start anew"));
  };
  const layer = new RemoteLayer({
    file,
    log: log.child({ component: "remote" }),
    onChanged: restartSoon,
    onNews: () => gateway.tellConfiguration(),
  });
  /** What it ran on last without anything on trial. */
  let proved: SettingsAnswer | undefined;
  const start = async (answer: SettingsAnswer): Promise<Gateway> => {
    for (let read = answer; ; read = await layer.read())
      try {
        const started = await startGateway({
          ...optionsOf(settingsOf(read)),
          ...given,
          layer,
          log,
        });
        layer.started();
        if (!layer.isOnTrial) proved = read;
        return started;
      } catch (error) {
        if (!layer.blame(error)) throw error;
        log.error({ err: error }, "gateway could not start with the hub's configuration");
      }
  };
  const first = await layer.read();
  const { local } = settingsOf(first);
  let gateway = await start(first);
  const restart = async () => {
    if (hasEnded) return;
    const read = await layer.read();
    // A file that is being edited and has mistakes must neither leave the machine without a gateway, nor keep in force
    // what the hub has not confirmed.
    const answer = read.settings === undefined && !layer.isOnTrial ? (proved ?? read) : read;
    settingsOf(answer);
    await gateway.stop();
    gateway = await start(answer);
    log.info({}, "configuration has changed, gateway started anew");
  };
  const watch = new ConfigWatch(file, first.files, {
    read: () => layer.read(),
    onChange: restartSoon,
    onRefused: (err) =>
      log.error({ err, code: err.code }, "changed configuration refused, the one before stays"),
  });
  let looking = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(() => watch.look());
  }, lookEveryMs);
  return {
    current: () => gateway,
    local,
    async stop() {
      hasEnded = true;
      clearInterval(timer);
      await looking;
      await layer.stop();
      await restarts;
      await gateway.stop();
    },
  };
}
