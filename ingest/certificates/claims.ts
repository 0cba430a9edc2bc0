import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeFileDurably } from "@firebreak/kit/files.ts";
import { Type } from "typebox";
import { Check } from "typebox/value";

/** A claim as the hub keeps it, `<data>/claims/<claimId>.json`: never its secret. */
export interface ClaimRecord {
  readonly claimId: string;
  readonly gatewayId: string;
  /** The enrolment it belongs to; see `GatewayCredential.enrolment`. */
  readonly enrolment: string;
  /** The only device that may use it; null: the first that comes. */
  readonly serialNumber: string | null;
  /** SHA-256 of 256 random bits, hex. */
  readonly secretHash: string;
  readonly expiresAt: string;
  /** By whom it was used: the same key may ask again, as after a reply that was lost. */
  readonly used?: { readonly at: string; readonly keyHash: string; readonly serialNumber: string };
}

const ClaimSchema = Type.Object({
  claimId: Type.String(),
  gatewayId: Type.String(),
  enrolment: Type.String(),
  serialNumber: Type.Union([Type.String(), Type.Null()]),
  secretHash: Type.String({ pattern: "^[0-9a-f]{64}$" }),
  expiresAt: Type.String(),
  used: Type.Optional(
    Type.Object({ at: Type.String(), keyHash: Type.String(), serialNumber: Type.String() }),
  ),
});

const folderOf = (dataFolder: string) => join(dataFolder, "claims");
const pathOf = (dataFolder: string, claimId: string) =>
  join(folderOf(dataFolder), `${claimId}.json`);
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const keptMs = 30 * 24 * 3_600_000;

export type ClaimRequest = Pick<ClaimRecord, "gatewayId" | "enrolment" | "serialNumber"> & {
  readonly expiresMs: number;
};

/** Makes a claim and keeps its hash durably; claims that ended long ago are removed. */
export function createClaim(
  dataFolder: string,
  request: ClaimRequest,
): { readonly claimId: string; readonly secret: string } {
  const claim = newClaim(dataFolder, request);
  removeOldClaims(dataFolder, Date.now());
  return claim;
}

/**
 * For many gateways at once, and only for as long as `use` takes: claims that were used then have served, others open
 * nothing any more.
 */
export async function withClaim<Result>(
  dataFolder: string,
  request: ClaimRequest,
  use: (claim: { readonly claimId: string; readonly secret: string }) => Promise<Result>,
): Promise<Result> {
  const claim = newClaim(dataFolder, request);
  try {
    return await use(claim);
  } finally {
    rmSync(pathOf(dataFolder, claim.claimId), { force: true });
  }
}

function newClaim(dataFolder: string, { expiresMs, ...rest }: ClaimRequest) {
  const claimId = randomBytes(8).toString("hex");
  const secret = randomBytes(32).toString("base64url");
  writeClaim(dataFolder, {
    claimId,
    ...rest,
    secretHash: sha256(secret),
    expiresAt: new Date(expiresMs).toISOString(),
  });
  return { claimId, secret };
}

export function writeClaim(dataFolder: string, claim: ClaimRecord): void {
  const text = `${JSON.stringify(claim, null, 2)}\n`;
  writeFileDurably(pathOf(dataFolder, claim.claimId), text);
}

/** The claim if the secret is its own; nothing tells a wrong secret from a claim that never was. */
export function findClaim(
  dataFolder: string,
  claimId: string,
  secret: string,
): ClaimRecord | undefined {
  if (!/^[0-9a-f]{16}$/.test(claimId)) return undefined;
  const claim = readClaim(pathOf(dataFolder, claimId));
  if (claim === undefined) return undefined;
  const [given, kept] = [Buffer.from(sha256(secret), "hex"), Buffer.from(claim.secretHash, "hex")];
  return timingSafeEqual(given, kept) ? claim : undefined;
}

function readClaim(path: string): ClaimRecord | undefined {
  try {
    const claim: unknown = JSON.parse(readFileSync(path, "utf8"));
    return Check(ClaimSchema, claim) ? claim : undefined;
  } catch {
    // Absent or damaged: it opens nothing.
    return undefined;
  }
}

function removeOldClaims(dataFolder: string, nowMs: number): void {
  for (const name of readdirSync(folderOf(dataFolder))) {
    const claim = readClaim(join(folderOf(dataFolder), name));
    if (claim && Date.parse(claim.expiresAt) + keptMs < nowMs)
      rmSync(join(folderOf(dataFolder), name), { force: true });
  }
}
