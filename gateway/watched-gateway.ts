import type { Logger } from "@firebreak/kit/logger.ts";
import { ConfigWatch } from "./config-watch.ts";
import type { GatewayOptions } from "./gateway-options.ts";
import { type LocalConfig, optionsOf } from "./gateway-settings.ts";
import { type Gateway, startGateway } from "./main.ts";
import { settingsOf } from "./read-settings.ts";
import { RemoteLayer } from "./remote/remote-layer.ts";
import { Succession } from "./succession.ts";

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
  given: Pick<GatewayOptions, "reconnect" | "spoolDisk"> = {},
): Promise<WatchedGateway> {
  const layer = new RemoteLayer({
    file,
    log: log.child({ component: "remote" }),
    onChanged: () => succession.next(),
    onNews: () => succession.current?.tellConfiguration(),
  });
  const succession = new Succession({
    layer,
    start: (read, onBroken) =>
      startGateway({ ...optionsOf(settingsOf(read)), ...given, layer, onBroken, log }),
    log,
  });
  const readMs = Date.now();
  const first = await layer.read();
  const { local } = settingsOf(first);
  const begun = await succession.begin(first);
  const watch = new ConfigWatch(
    file,
    first.files,
    {
      read: () => layer.read(),
      onChange: () => succession.next(),
      onRefused: (err) =>
        log.error({ err, code: err.code }, "changed configuration refused, the one before stays"),
    },
    readMs,
  );
  let looking: Promise<void> | undefined;
  const timer = setInterval(() => {
    looking ??= watch
      .look()
      .catch((err: unknown) => log.error({ err }, "configuration could not be looked at"))
      .finally(() => {
        looking = undefined;
      });
  }, lookEveryMs);
  return {
    current: () => succession.current ?? begun,
    local,
    async stop() {
      clearInterval(timer);
      await looking;
      try {
        await succession.end();
      } finally {
        // Last: a start that was under way has begun the time of its trial.
        await layer.stop();
      }
    },
  };
}
