import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import { CodedError } from "./coded-error.ts";
import { writeFileDurably } from "./files.ts";

/** What a hub knows of one gateway: never its password. Lies in `<data>/gateways/<gatewayId>.json`. */
export interface GatewayCredential {
  readonly gatewayId: string;
  /** Machines it may speak for. */
  readonly machines: readonly string[];
  /** Hex. */
  readonly salt: string;
  /** scrypt of the password, hex. */
  readonly hash: string;
  readonly createdAt: string;
}

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
  const path = credentialPath(dataFolder, gatewayId);
  const password = randomBytes(24).toString("base64url");
  const salt = randomBytes(16);
  const hash = await derive(password, salt, hashBytes, cost);
  const credential: GatewayCredential = {
    gatewayId,
    machines,
    salt: salt.toString("hex"),
    hash: hash.toString("hex"),
    createdAt: new Date().toISOString(),
  };
  writeFileDurably(path, `${JSON.stringify(credential, null, 2)}\n`);
  return { password };
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
