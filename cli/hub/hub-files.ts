import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import { writeFileDurably } from "@firebreak/kit/files.ts";

/** `<data>/hub.json`: where a running hub can be reached. Written when it is ready, removed at a clean end. */
export interface HubFile {
  readonly pid: number;
  /** Base address of pages and API, such as `http://127.0.0.1:8080`. */
  readonly http: string;
  /** Address of the broker, without credentials. */
  readonly mqtt: string;
  /** Address of the broker's TLS port; absent without one. */
  readonly mqtts?: string;
  readonly ports: Ports;
  readonly storeId: string;
  readonly externalBroker: boolean;
  readonly startedAt: string;
}

export interface BrokerAccess {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
}

/** Holds the id of a hub and makes a folder its data folder. */
export const STORE_FILE = "store.json";
/** Within a data folder, or behind its name, what a restore has copied so far. */
export const RESTORING = ".restoring";
const hubFile = (data: string) => join(data, "hub.json");
const brokerFile = (data: string) => join(data, "broker.json");
const portsFile = (data: string) => join(data, "ports.json");

export function writeHubFile(data: string, content: HubFile): void {
  writeFileDurably(hubFile(data), `${JSON.stringify(content, null, 2)}\n`, 0o644);
}

/** What a running hub has written; undefined when none runs here. */
export function readHubFile(data: string): HubFile | undefined {
  try {
    return JSON.parse(readFileSync(hubFile(data), "utf8")) as HubFile;
  } catch (error) {
    if (error instanceof SyntaxError || errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

export const removeHubFile = (data: string): void => rmSync(hubFile(data), { force: true });

/**
 * The id that gateways are enrolled to: it goes with the data, into every copy and backup of the folder.
 * @throws CodedError BAD_CONFIGURATION, also for a folder whose restore was interrupted
 */
export function readOrCreateStoreId(data: string): string {
  const path = join(data, STORE_FILE);
  if (!existsSync(path) && existsSync(join(data, RESTORING)))
    throw new CodedError(
      "BAD_CONFIGURATION",
      `${data}: a restore was interrupted; empty the folder and restore again`,
    );
  if (!existsSync(path)) writeFileDurably(path, `${JSON.stringify({ storeId: randomUUID() })}\n`);
  const { storeId } = readJson<{ storeId?: unknown }>(path);
  if (typeof storeId === "string" && storeId !== "") return storeId;
  throw new CodedError("BAD_CONFIGURATION", `${path}: holds no store id; restore it from a backup`);
}

/**
 * For what is put beside a hub's data: in a folder that no hub has, nobody would ever look for it.
 * @throws CodedError HUB_NOT_FOUND
 */
export function requireHubFolder(data: string): void {
  if (existsSync(join(data, STORE_FILE))) return;
  throw new CodedError(
    "HUB_NOT_FOUND",
    `${data} is no hub's data folder: there is no ${STORE_FILE} in it. Name the folder with --data; a new one ` +
      `becomes a hub's with its first \`firebreak hub --data ${data}\`.`,
  );
}

/** Keeps the credential of an external broker for `replay --data`, readable by the owner alone. */
export function writeBrokerAccess(data: string, broker: BrokerAccess | undefined): void {
  if (broker) writeFileDurably(brokerFile(data), `${JSON.stringify(broker)}\n`);
  else rmSync(brokerFile(data), { force: true });
}

export interface Ports {
  readonly http: number;
  readonly mqtt: number;
  readonly mqtts?: number;
}

/** What `writeBrokerAccess` has kept; undefined without an external broker. */
export const readBrokerAccess = (data: string): BrokerAccess | undefined =>
  existsSync(brokerFile(data)) ? readJson<BrokerAccess>(brokerFile(data)) : undefined;

/** The ports of the last run: asked for any port, a hub takes the same again, so that its gateways find it. */
export function readLastPorts(data: string): Ports | undefined {
  try {
    const { http, mqtt, mqtts } = readJson<Partial<Ports>>(portsFile(data));
    return Number.isInteger(http) && Number.isInteger(mqtt)
      ? { http: http ?? 0, mqtt: mqtt ?? 0, ...(Number.isInteger(mqtts) ? { mqtts } : {}) }
      : undefined;
  } catch {
    return undefined;
  }
}

export function writeLastPorts(data: string, ports: Ports): void {
  writeFileDurably(portsFile(data), `${JSON.stringify(ports)}\n`);
}

function readJson<Content>(path: string): Content {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Content;
  } catch (error) {
    throw badConfiguration(
      `${path}: cannot be read (${errorCode(error)}); restore it from a backup`,
      error,
    );
  }
}

/** Splits `mqtt://user:password@host:port` into an address without and the credential. */
export function parseBrokerUrl(text: string, password?: string): BrokerAccess {
  let url: URL;
  try {
    url = new URL(text);
  } catch (error) {
    throw badConfiguration(
      `--broker ${text}: not a URL; write mqtt://host:1883 or mqtts://host:8883`,
      error,
    );
  }
  if (!["mqtt:", "mqtts:"].includes(url.protocol))
    throw new CodedError(
      "BAD_CONFIGURATION",
      `--broker: ${url.protocol}// is not supported; use mqtt:// or mqtts://`,
    );
  const secret = password ?? (url.password ? decodeURIComponent(url.password) : undefined);
  const username = url.username ? decodeURIComponent(url.username) : undefined;
  return {
    url: `${url.protocol}//${url.host}`,
    ...(username === undefined ? {} : { username }),
    ...(secret === undefined ? {} : { password: secret }),
  };
}

const badConfiguration = (message: string, cause: unknown) =>
  new CodedError("BAD_CONFIGURATION", message, { cause });
