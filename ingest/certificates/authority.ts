import "reflect-metadata";
import { createHash, randomBytes, X509Certificate } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { isIP } from "node:net";
import { dirname, join } from "node:path";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import { syncFolder, writeFileDurably } from "@firebreak/kit/files.ts";
import * as x509 from "@peculiar/x509";

/** What a certificate is made out to. */
export interface CertificateRequest {
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** The hub's own small certificate authority. */
export interface Authority {
  /** PEM. */
  readonly certificate: string;
  /** SHA-256 of the certificate, hex: what a claim pins. */
  readonly fingerprint: string;
  /** A client certificate with the gateway's id as common name, PEM. */
  issueGateway(gatewayId: string, request: CertificateRequest): Promise<string>;
  /** A server certificate for names and IP addresses, PEM. */
  issueServer(names: readonly string[], request: CertificateRequest): Promise<string>;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const lifeYears = 20;
const clientAuth = "1.3.6.1.5.5.7.3.2";
const serverAuth = "1.3.6.1.5.5.7.3.1";

/**
 * Validity of the authority and of the server begins here: a gateway whose clock lost its battery must still reach the
 * hub, or it never learns the time.
 */
export const sinceEverMs = 0;

const idPattern = /^[\p{L}\p{N}](?:[\p{L}\p{N} ._:@-]*[\p{L}\p{N}._:@-])?$/u;
const idRule = "cannot stand in a certificate: use letters, digits and . _ : @ - only";

/** Whether a gateway of this id can have a certificate. */
export const isCertifiableId = (gatewayId: string): boolean => idPattern.test(gatewayId);

const fingerprintOf = (certificate: string | Uint8Array): string =>
  createHash("sha256").update(new X509Certificate(certificate).raw).digest("hex");

/**
 * Reads `<data>/ca/authority.pem`, key and certificate in one file of mode 0600; makes it at the first need. Of two
 * processes that make it at once both end with the same one.
 * @throws CodedError BAD_AUTHORITY when the file is damaged: restore it, a new one would lock every gateway out
 */
export async function openAuthority(dataFolder: string, nowMs = Date.now()): Promise<Authority> {
  const path = join(dataFolder, "ca", "authority.pem");
  if (!existsSync(path)) await createAuthority(path, nowMs);
  const text = readFileSync(path, "utf8");
  try {
    const key = await importKey(text);
    const certificate = pemBlock(text, "CERTIFICATE");
    return authorityOf(new x509.X509Certificate(certificate), key);
  } catch (error) {
    throw badAuthority(path, error);
  }
}

function authorityOf(issuer: x509.X509Certificate, signingKey: CryptoKey): Authority {
  const certificate = `${issuer.toString("pem")}\n`;
  const issue = async (
    subject: x509.JsonName,
    { publicKey, notBeforeMs, notAfterMs }: CertificateRequest,
    extensions: x509.Extension[],
  ) => {
    const made = await x509.X509CertificateGenerator.create({
      serialNumber: newSerial(),
      subject,
      issuer: issuer.subject,
      notBefore: new Date(notBeforeMs),
      notAfter: new Date(notAfterMs),
      publicKey: new x509.PublicKey(Uint8Array.from(publicKey).buffer),
      signingKey,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        await x509.AuthorityKeyIdentifierExtension.create(issuer),
        ...extensions,
      ],
    });
    return `${made.toString("pem")}\n`;
  };
  return {
    certificate,
    fingerprint: fingerprintOf(certificate),
    issueGateway(gatewayId, request) {
      // The library reads quotes and a leading # of a name as syntax: such an id would become somebody else's.
      if (!isCertifiableId(gatewayId))
        throw new CodedError("BAD_GATEWAY_ID", `"${gatewayId}" ${idRule}`);
      return issue([{ CN: [gatewayId] }], request, [
        new x509.ExtendedKeyUsageExtension([clientAuth]),
      ]);
    },
    issueServer: (names, request) =>
      issue([{ CN: ["Firebreak hub"] }], request, [
        new x509.ExtendedKeyUsageExtension([serverAuth]),
        new x509.SubjectAlternativeNameExtension(
          names.map((value) => ({ type: isIP(value) ? ("ip" as const) : ("dns" as const), value })),
        ),
      ]),
  };
}

async function createAuthority(path: string, nowMs: number): Promise<void> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const notAfter = new Date(nowMs);
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + lifeYears);
  const name = `CN=Firebreak hub CA ${randomBytes(4).toString("hex")}`;
  const made = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name,
    notBefore: new Date(sinceEverMs),
    notAfter,
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const pkcs8 = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  const key = x509.PemConverter.encode(pkcs8, "PRIVATE KEY");
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(4).toString("hex")}.new`;
  writeFileDurably(draft, `${key}\n${made.toString("pem")}\n`, 0o600);
  try {
    // Unlike a rename this does not replace what another process has made meanwhile.
    linkSync(draft, path);
    writeFileDurably(join(dirname(path), "ca.pem"), `${made.toString("pem")}\n`, 0o644);
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
  } finally {
    rmSync(draft, { force: true });
    syncFolder(dirname(path));
  }
}

const importKey = (text: string) =>
  crypto.subtle.importKey(
    "pkcs8",
    x509.PemConverter.decodeFirst(pemBlock(text, "PRIVATE KEY")),
    algorithm,
    false,
    ["sign"],
  );

function pemBlock(text: string, label: string): string {
  const [block] =
    new RegExp(`-----BEGIN ${label}-----[^-]+-----END ${label}-----`).exec(text) ?? [];
  if (block === undefined) throw new CodedError("BAD_AUTHORITY", `there is no ${label} in it`);
  return block;
}

const badAuthority = (path: string, cause: unknown) =>
  new CodedError(
    "BAD_AUTHORITY",
    `${path}: cannot be read (${errorCode(cause)}); restore it from a backup`,
    { cause },
  );

/** Positive and 127 bits of chance. @see RFC 5280, 4.1.2.2 */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString("hex");
}
