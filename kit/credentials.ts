import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { CodedError } from "./coded-error.ts";
import { syncFolder, writeFileDurably } from "./files.ts";

/** What a hub knows of one gateway: never its password. Lies in `<data>/gateways/<gatewayId>.json`. */
export interface GatewayCredential {
  readonly gatewayId: string;
  /** Machines it may speak for. */
  readonly machines: readonly string[];
  /** Hex; empty when it has no password, only a certificate. */
  readonly salt: string;
  /** scrypt of the password, hex. */
  readonly hash: string;
  readonly createdAt: string;
  /** Another one for each enrolment: certificates of an earlier one no longer count. */
  readonly enrolment?: string;
  /** Locked out until it is enrolled anew. */
  readonly revoked?: { readonly at: string; readonly by: string };
}

/** The enrolment a credential stands for; files of earlier versions have only their time. */
export const enrolmentOf = ({ enrolment, createdAt }: GatewayCredential): string =>
  enrolment ?? createdAt;

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);
const hashBytes = 32;
const cost = { N: 16_384, r: 8, p: 1 };
const hexPattern = /^(?:[0-9a-f]{2}){16,64}$/;

/** The file of one gateway's credential. @throws CodedError BAD_GATEWAY_ID for an id that is no safe file name */
export function credentialPath(dataFolder: string, gatewayId: string): string {
  if (gatewayId === "" || /^\.|[/\\\p{Cc}]/u.test(gatewayId))
    throw new CodedError("BAD_GATEWAY_ID", `"${gatewayId}" cannot be the id of a gateway.`);
  return join(dataFolder, "gateways", `${gatewayId}.json`);
}

/**
 * Enrols a gateway, or gives an enrolled one a new password and new machines: writes its credential durably, readable
 * by this user only. A running hub takes it at the next connection. The password is 192 random bits and kept nowhere.
 */
export async function createCredential(
  dataFolder: string,
  gatewayId: string,
  machines: readonly string[],
): Promise<{ readonly password: string }> {
  const { password, secret } = await newPassword();
  writeCredential(dataFolder, { gatewayId, machines, ...secret, ...newEnrolment() });
  return { password };
}

/**
 * Enrols a fleet of gateways that one program plays, as a load does: all of one enrolment and, unless they are
 * keyless, of one password, so that it is hashed once. Each file is replaced in one step, but they are made durable
 * together: after a power cut in between the fleet is enrolled anew.
 */
export async function createFleetCredentials(
  dataFolder: string,
  fleet: readonly Pick<GatewayCredential, "gatewayId" | "machines">[],
  { isKeyless }: { readonly isKeyless: boolean },
): Promise<{ readonly enrolment: string; readonly password: string | undefined }> {
  const { password, secret } = isKeyless ? noPassword : await newPassword();
  const fresh = newEnrolment();
  const folder = join(dataFolder, "gateways");
  mkdirSync(folder, { recursive: true });
  for (const { gatewayId, machines } of fleet) {
    const path = credentialPath(dataFolder, gatewayId);
    const text = textOf({ gatewayId, machines, ...secret, ...fresh });
    writeFileSync(`${path}.tmp`, text, { mode: 0o600 });
    renameSync(`${path}.tmp`, path);
  }
  syncFolder(folder);
  return { enrolment: fresh.enrolment, password };
}

const noPassword = { password: undefined, secret: { salt: "", hash: "" } };

async function newPassword() {
  const password = randomBytes(24).toString("base64url");
  const salt = randomBytes(16);
  const hash = await derive(password, salt, hashBytes, cost);
  return { password, secret: { salt: salt.toString("hex"), hash: hash.toString("hex") } };
}

/** Enrols a gateway without a password: it can come in by a certificate only. Ends what it was enrolled with before. */
export function createKeylessCredential(
  dataFolder: string,
  gatewayId: string,
  machines: readonly string[],
): { readonly enrolment: string } {
  const fresh = newEnrolment();
  writeCredential(dataFolder, { gatewayId, machines, ...noPassword.secret, ...fresh });
  return { enrolment: fresh.enrolment };
}

/**
 * Locks a gateway out: a running hub cuts its connection within a minute and lets it in no more.
 * @throws CodedError NOT_ENROLLED
 */
export function revokeCredential(dataFolder: string, gatewayId: string, by: string): void {
  const path = credentialPath(dataFolder, gatewayId);
  let credential: GatewayCredential;
  try {
    credential = JSON.parse(readFileSync(path, "utf8")) as GatewayCredential;
  } catch (error) {
    throw notEnrolled(gatewayId, path, error);
  }
  const revoked = credential.revoked ?? { at: new Date().toISOString(), by };
  writeCredential(dataFolder, { ...credential, revoked });
}

const notEnrolled = (gatewayId: string, path: string, cause: unknown) =>
  new CodedError("NOT_ENROLLED", `${gatewayId} is not enrolled here (${path}).`, { cause });

const newEnrolment = () => ({
  createdAt: new Date().toISOString(),
  enrolment: randomBytes(8).toString("hex"),
});

const textOf = (credential: GatewayCredential) => `${JSON.stringify(credential, null, 2)}\n`;

function writeCredential(dataFolder: string, credential: GatewayCredential): void {
  writeFileDurably(credentialPath(dataFolder, credential.gatewayId), textOf(credential));
}

/** Checks a password in constant time, off the event loop. A damaged credential fits no password. */
export async function verifyCredential(
  { salt, hash }: Pick<GatewayCredential, "salt" | "hash">,
  password: string,
): Promise<boolean> {
  if (!hexPattern.test(salt) || !hexPattern.test(hash)) return false;
  const expected = Buffer.from(hash, "hex");
  const actual = await derive(password, Buffer.from(salt, "hex"), expected.length, cost);
  return timingSafeEqual(actual, expected);
}
