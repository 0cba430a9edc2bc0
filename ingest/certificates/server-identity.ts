import { createPrivateKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { hostname, networkInterfaces } from "node:os";
import { join } from "node:path";
import { writeFileDurably } from "@firebreak/kit/files.ts";
import { type Authority, sinceEverMs } from "./authority.ts";

/** What the TLS server shows; PEM. The chain ends with the authority, so that a claim can pin it. */
export interface ServerIdentity {
  readonly key: string;
  readonly chain: string;
  /** Ask again then: two thirds of its life are over. */
  readonly renewAtMs: number;
}

const lifeMs = 397 * 24 * 3_600_000;

/** Names a hub is reached by when nobody says: its own, and every address of this machine. */
export function namesOfThisMachine(): string[] {
  const addresses = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .map(({ address }) => address)
    .filter((address) => !address.startsWith("fe80"));
  return [...new Set([hostname().toLowerCase(), "localhost", "127.0.0.1", "::1", ...addresses])];
}

/**
 * The hub's server certificate in `<data>/ca/server.pem` (0600), issued anew when it lacks a name, is of another
 * authority or two thirds of its life are over.
 */
export async function openServerIdentity(
  dataFolder: string,
  { authority, names, nowMs }: { authority: Authority; names: readonly string[]; nowMs: number },
): Promise<ServerIdentity> {
  const path = join(dataFolder, "ca", "server.pem");
  const known = readIdentity(path, authority);
  if (known && known.renewAtMs > nowMs && names.every((name) => known.covers(name))) return known;
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const certificate = await authority.issueServer(names, {
    publicKey: publicKey.export({ type: "spki", format: "der" }),
    notBeforeMs: sinceEverMs,
    notAfterMs: nowMs + lifeMs,
  });
  const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const chain = `${certificate}${authority.certificate}`;
  writeFileDurably(path, `${key}${chain}`);
  return { key, chain, renewAtMs: nowMs + (lifeMs * 2) / 3 };
}

/** Undefined for anything that cannot be used: it is simply made anew. */
function readIdentity(path: string, authority: Authority) {
  try {
    const text = readFileSync(path, "utf8");
    const key = createPrivateKey(text).export({ type: "pkcs8", format: "pem" }).toString();
    const certificate = new X509Certificate(text.slice(text.indexOf("-----BEGIN CERTIFICATE")));
    const issuer = new X509Certificate(authority.certificate);
    if (!certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey)) return undefined;
    return {
      key,
      chain: `${certificate.toString()}${authority.certificate}`,
      renewAtMs: certificate.validToDate.getTime() - lifeMs / 3,
      covers: (name: string) =>
        certificate.checkHost(name) !== undefined || certificate.checkIP(name) !== undefined,
    };
  } catch {
    return undefined;
  }
}
