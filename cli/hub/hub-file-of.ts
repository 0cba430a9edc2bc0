import type { Ingest } from "@firebreak/ingest/start-ingest.ts";
import type { HubFile } from "./hub-files.ts";
import { tlsHost } from "./hub-intake.ts";
import type { HubOptions } from "./hub-options.ts";

/** Where a hub that listens is reached, as this process and others are told. */
export function hubFileOf(
  options: HubOptions,
  { mqttUrl, mqttsPort }: Pick<Ingest, "mqttUrl" | "mqttsPort">,
  { httpPort, storeId }: { readonly httpPort: number; readonly storeId: string },
): HubFile {
  const { host, broker } = options;
  const mqtt = mqttUrl.replace(/\/$/, "");
  return {
    pid: process.pid,
    http: `http://${host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host}:${httpPort}`,
    mqtt,
    ...(mqttsPort === undefined ? {} : { mqtts: `mqtts://${tlsHost(options)}:${mqttsPort}` }),
    ports: {
      http: httpPort,
      mqtt: Number(new URL(mqtt).port) || (mqtt.startsWith("mqtts") ? 8883 : 1883),
      ...(mqttsPort === undefined ? {} : { mqtts: mqttsPort }),
    },
    storeId,
    externalBroker: broker !== undefined,
    startedAt: new Date().toISOString(),
  };
}
