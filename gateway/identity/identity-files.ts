import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  X509Certificate,
} from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import { syncFolder, writeFileDurably } from "@firebreak/kit/files.ts";
import { proofText, type RenewRequest } from "@firebreak/wire/enrolment.ts";

/** A key and the certificate for it; PEM. */
export interface KeyedCertificate {
  readonly key: string;
  readonly certificate: string;
}

/**
 * The files of a gateway's identity, all 0600: `ca.pem`, `gateway.pem` (key and certificate in one file, so that they
 * change in one step), `next.pem` (a renewed one that has not worked yet), `pending.key` (a key on its way).
 */
export interface IdentityFiles {
  readonly folder: string;
  readonly ca: string;
  readonly current: KeyedCertificate;
  readonly next: KeyedCertificate | undefined;
}

/** @throws CodedError BAD_IDENTITY naming the file that is absent or damaged */
export function readIdentity(folder: string): IdentityFiles {
  const nextPath = join(folder, "next.pem");
  return {
    folder,
    ca: readText(join(folder, "ca.pem")),
    current: readKeyed(join(folder, "gateway.pem")),
    next: existsSync(nextPath) ? readKeyed(nextPath) : undefined,
  };
}

export function writeCa(folder: string, ca: string): void {
  writeFileDurably(join(folder, "ca.pem"), ca);
}

/** Keeps a new certificate beside its key; `pending.key` has served. */
export function writeKeyed(
  folder: string,
  name: "gateway.pem" | "next.pem",
  { key, certificate }: KeyedCertificate,
): void {
  writeFileDurably(join(folder, name), `${key}${certificate}`);
  rmSync(join(folder, "pending.key"), { force: true });
}

/** The renewed certificate has worked: it takes the place of the old one, in one step. */
export function promoteNext(folder: string): void {
  renameSync(join(folder, "next.pem"), join(folder, "gateway.pem"));
  syncFolder(folder);
}

/** The key that a certificate is being asked for; kept until it has come, so that asking again asks for the same. */
export function pendingKey(folder: string): string {
  const path = join(folder, "pending.key");
  if (!existsSync(path)) {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    writeFileDurably(path, privateKey.export({ type: "pkcs8", format: "pem" }).toString());
  }
  return readText(path);
}

/** The public half of a key, and the proof that its holder has the other. */
export function proveKey(key: string, purpose: string): RenewRequest {
  const publicKey = createPublicKey(key).export({ type: "spki", format: "der" }).toString("base64");
  const proof = sign("sha256", Buffer.from(proofText(purpose, publicKey)), key);
  return { publicKey, proof: proof.toString("base64") };
}

function readKeyed(path: string): KeyedCertificate {
  const text = readText(path);
  try {
    const key = createPrivateKey(text);
    const certificate = new X509Certificate(text.slice(text.indexOf("-----BEGIN CERTIFICATE")));
    if (!certificate.checkPrivateKey(key)) throw new Error("the key is another one");
    return {
      key: key.export({ type: "pkcs8", format: "pem" }).toString(),
      certificate: certificate.toString(),
    };
  } catch (error) {
    throw damaged(path, error);
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw damaged(path, error);
  }
}

const damaged = (path: string, cause: unknown) =>
  new CodedError(
    "BAD_IDENTITY",
    `${path}: cannot be used (${errorCode(cause)}); get a new claim from the hub: firebreak enroll <gateway> --renew --claim`,
    { cause },
  );
