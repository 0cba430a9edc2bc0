import { existsSync, readFileSync, renameSync } from "node:fs";
import { join, resolve } from "node:path";
import type { BrokerAddress } from "@firebreak/gateway/publish/mqtt-link.ts";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import {
  createCredential,
  credentialPath,
  type GatewayCredential,
  verifyCredential,
} from "@firebreak/kit/credentials.ts";
import { writeFileDurably } from "@firebreak/kit/files.ts";
import { checkId } from "@firebreak/wire/topics.ts";
import { type BrokerAccess, type HubFile, readHubFile } from "../../hub/hub-files.ts";

export interface AccessOptions {
  readonly data: string;
  readonly machine: string;
  readonly gatewayId: string;
  /** Address of a hub elsewhere; then nothing is read from the data folder. */
  readonly hub?: string | undefined;
  readonly user?: string | undefined;
  readonly passwordFile?: string | undefined;
}

/** The gateway that a replay of a machine plays. @throws CodedError BAD_MACHINE_ID */
export function replayGatewayId(machine: string): string {
  const problem = /^\.|\\/.test(machine) ? "cannot be the name of a folder" : checkId(machine);
  if (problem) throw new CodedError("BAD_MACHINE_ID", `--machine "${machine}" ${problem}.`);
  return `replay-${machine}`;
}

/**
 * Where the gateway of a replay keeps spool and password: beside the hub's folder, not in it, because it stands for
 * another computer. A hub's folder that is replaced by an older copy must not take the spool back with it.
 */
export const replayFolder = (data: string, machine: string): string =>
  join(`${resolve(data)}-gateways`, replayGatewayId(machine));

/**
 * Puts the spool of a machine's earlier replays aside when it belongs to another store than the hub's: its batches
 * were made for that one, and are never mixed with this one's. The caller holds the machine's lock. Returns where it
 * went; undefined if nothing had to be done.
 */
export function setOtherStoreAside(data: string, machine: string): string | undefined {
  const spool = join(replayFolder(data, machine), "spool");
  const storeId = readJson<{ storeId?: string | null }>(join(spool, "state.json"))?.storeId;
  const hub = readHubFile(data);
  if (!storeId || !hub || storeId === hub.storeId) return undefined;
  const aside = `${spool}.of-store-${storeId}.${Date.now()}`;
  renameSync(spool, aside);
  return aside;
}

/**
 * Where the hub's broker is and how to log in. The hub of a data folder needs no enrolment: its gateway credential is
 * made here, because whoever may write this folder may enrol gateways anyway.
 * @throws CodedError HUB_NOT_FOUND, PASSWORD_UNREADABLE
 */
export async function findHub(options: AccessOptions): Promise<BrokerAddress> {
  const { data, machine, gatewayId, hub, user, passwordFile } = options;
  const given = passwordFile === undefined ? undefined : readPassword(passwordFile);
  if (hub !== undefined) {
    const password = given === undefined ? {} : { password: given };
    return { url: hub, username: user ?? gatewayId, ...password };
  }
  const { mqtt, externalBroker } = runningHub(data);
  const password = await credentialOf({ data, machine, gatewayId });
  if (!externalBroker) return { url: mqtt, username: gatewayId, password };
  return readJson<BrokerAccess>(join(data, "broker.json")) ?? { url: mqtt };
}

/**
 * For every new try to connect: the hub may be back at another port, or on an older copy of its folder that does not
 * know this gateway yet. While it is not there, the last address stands.
 */
export function followHub(
  options: AccessOptions,
  first: BrokerAddress,
): () => Promise<BrokerAddress> {
  let known = first;
  return async () => {
    try {
      known = await findHub(options);
    } catch {
      // The hub is away, or its folder is just being replaced.
    }
    return known;
  };
}

function runningHub(data: string): HubFile {
  const file = readHubFile(data);
  if (file) return file;
  throw new CodedError(
    "HUB_NOT_FOUND",
    `No hub is running on ${data}: there is no hub.json in it. Start one with ` +
      `\`firebreak hub --data ${data}\`, or name one elsewhere with --hub mqtt://host:port.`,
  );
}

/** The password of an earlier replay if it still fits, else a new one. */
async function credentialOf({
  data,
  machine,
  gatewayId,
}: Pick<AccessOptions, "data" | "machine" | "gatewayId">): Promise<string> {
  const file = join(replayFolder(data, machine), "password");
  const credential = readJson<GatewayCredential>(credentialPath(data, gatewayId));
  const known = existsSync(file) ? readPassword(file) : undefined;
  if (credential && known !== undefined && (await verifyCredential(credential, known)))
    return known;
  const { password } = await createCredential(data, gatewayId, [machine]);
  writeFileDurably(file, `${password}\n`);
  return password;
}

function readPassword(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch (error) {
    throw unreadable(file, error);
  }
}

const unreadable = (file: string, cause: unknown) =>
  new CodedError("PASSWORD_UNREADABLE", `Cannot read ${file} (${errorCode(cause)}).`, { cause });

/** Undefined where there is no such file, or only a damaged one. */
function readJson<Content>(path: string): Content | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Content;
  } catch (error) {
    if (error instanceof SyntaxError || errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
