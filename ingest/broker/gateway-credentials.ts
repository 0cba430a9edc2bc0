import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import { type GatewayCredential, verifyCredential } from "@firebreak/kit/credentials.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import { checkId } from "@firebreak/wire/topics.ts";

export interface GatewayCredentials {
  /** What a gateway was enrolled with; undefined for one that was not. Cached until the file changes. */
  find(gatewayId: string): Promise<GatewayCredential | undefined>;
  /**
   * Checks a password; the slow hash runs off the event loop, and once per password and start. Who asks again while
   * it runs gets the same answer at the same time, in the order of asking.
   */
  verify(credential: GatewayCredential, password: string): Promise<boolean>;
}

const capacity = 20_000;

/** Reads `<folder>/<gateway id>.json`; a new or changed file counts from the next look-up on. */
export function openGatewayCredentials(
  folder: string,
  log: Logger,
  prove = verifyCredential,
): GatewayCredentials {
  const cache = new Map<string, { stamp: string; credential: GatewayCredential }>();
  // A proven password is remembered under a key of this start only, so that reconnecting is cheap.
  const key = randomBytes(32);
  const proven = new Map<string, Buffer>();
  // A fleet that comes at once waits longer than its patience: each would be hashed for every try it has given up, and
  // an old try that ends behind a newer one would take its place.
  const proving = new Map<string, Promise<boolean>>();

  return {
    async find(gatewayId) {
      const path = fileOf(folder, gatewayId);
      if (path === undefined) return undefined;
      try {
        const { mtimeNs, ino, size } = await stat(path, { bigint: true });
        const stamp = `${mtimeNs}/${ino}/${size}`;
        const known = cache.get(gatewayId);
        if (known?.stamp === stamp) return known.credential;
        const credential = credentialIn(await readFile(path, "utf8"), gatewayId, log);
        if (credential) remember(cache, gatewayId, { stamp, credential });
        return credential;
      } catch (error) {
        tellUnreadable(error, gatewayId, log);
        return undefined;
      }
    },
    async verify(credential, password) {
      const digest = createHmac("sha256", key)
        .update(`${credential.salt}\n${credential.hash}\n${password}`)
        .digest();
      const known = proven.get(credential.gatewayId);
      if (known && timingSafeEqual(known, digest)) return true;
      const name = `${credential.gatewayId} ${digest.toString("hex")}`;
      const answer =
        proving.get(name) ?? prove(credential, password).finally(() => proving.delete(name));
      proving.set(name, answer);
      if (!(await answer)) return false;
      remember(proven, credential.gatewayId, digest);
      return true;
    },
  };
}

/** What a gateway was enrolled with, read while everything waits: for whoever must know it before the first message. */
export function findCredentialNow(
  folder: string,
  gatewayId: string,
  log: Logger,
): GatewayCredential | undefined {
  const path = fileOf(folder, gatewayId);
  if (path === undefined) return undefined;
  try {
    return credentialIn(readFileSync(path, "utf8"), gatewayId, log);
  } catch (error) {
    tellUnreadable(error, gatewayId, log);
    return undefined;
  }
}

function fileOf(folder: string, gatewayId: string): string | undefined {
  if (checkId(gatewayId) !== undefined || /[\\]|^\./.test(gatewayId)) return undefined;
  return join(folder, `${gatewayId}.json`);
}

function credentialIn(text: string, gatewayId: string, log: Logger): GatewayCredential | undefined {
  const credential = JSON.parse(text) as GatewayCredential;
  if (credential.gatewayId === gatewayId && Array.isArray(credential.machines)) return credential;
  log.error({ gatewayId }, "credential file does not belong to its name");
  return undefined;
}

function tellUnreadable(error: unknown, gatewayId: string, log: Logger): void {
  if (errorCode(error) !== "ENOENT")
    log.error({ err: error, gatewayId }, "credential file cannot be read");
}

function remember<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.size > capacity ? map.keys().next().value : undefined;
  if (oldest !== undefined) map.delete(oldest);
}
