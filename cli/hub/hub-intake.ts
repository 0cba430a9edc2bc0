import { hostname } from "node:os";
import { type Ingest, startIngest } from "@firebreak/ingest/start-ingest.ts";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import type { Ports } from "./hub-files.ts";
import type { HubOptions } from "./hub-options.ts";

/** How gateways reach the TLS port, as far as the hub itself can know. */
export const tlsHost = ({ tls, host }: HubOptions): string =>
  tls?.names?.[0] ?? (host === "127.0.0.1" || host === "localhost" ? host : hostname());

/** The port of last time where it is still free, so that gateways find the hub again. */
export async function startIngestOnPort(
  { data, host, mqttPort, tls, broker, clock, log, ...options }: HubOptions,
  storeId: string,
  last: Ports | undefined,
): Promise<Ingest> {
  const lastPort = last?.mqtt;
  const start = (port: number, tlsPort = 0) =>
    startIngest({
      dataFolder: data,
      storeId,
      host,
      mqttPort: port,
      ...(broker ? { broker } : {}),
      ...(options.sparkplug ? { sparkplug: options.sparkplug } : {}),
      ...(tls ? { tls: { ...tls, port: tls.port || tlsPort } } : {}),
      ...(clock ? { clock } : {}),
      ...(options.aempSources ? { aempSources: options.aempSources } : {}),
      ...(options.telemetry ? { telemetry: options.telemetry } : {}),
      ...(options.telemetryDays === undefined
        ? {}
        : { store: { retainDays: options.telemetryDays } }),
      log,
    });
  if (!lastPort || mqttPort !== 0) return start(mqttPort);
  try {
    return await start(lastPort, last?.mqtts);
  } catch (error) {
    if (errorCode(error) !== "BROKER_LISTEN") throw error;
    log.info({ port: lastPort }, "the broker's last port is taken, choosing another");
    return start(0);
  }
}
