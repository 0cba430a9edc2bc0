import { rmSync } from "node:fs";
import { join } from "node:path";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { type Claim, parseClaim } from "@firebreak/wire/claim.ts";
import { type CertificateReply, enrolmentPaths } from "@firebreak/wire/enrolment.ts";
import { askHub, fetchAuthority } from "./hub-requests.ts";
import { pendingKey, proveKey, writeCa, writeKeyed } from "./identity-files.ts";

export interface RedeemOptions {
  /** Text of the claim. */
  readonly claim: string;
  /** Where the identity will lie. */
  readonly folder: string;
  /** Of this device. */
  readonly serialNumber: string;
  readonly nowMs?: number;
}

/**
 * Exchanges a claim for a certificate of this gateway's own. The key is made here and never leaves the folder; the
 * claim's secret goes only to a server whose authority has the fingerprint in the claim. May be repeated until it
 * works: the same key asks again.
 * @throws CodedError BAD_CLAIM, CLAIM_EXPIRED, WRONG_HUB, HUB_UNREACHABLE (retryable), and those of the hub
 */
export async function redeemClaim(options: RedeemOptions): Promise<Claim> {
  const { folder, serialNumber, nowMs = Date.now() } = options;
  const claim = parseClaim(options.claim);
  let failure: unknown;
  for (const url of claim.urls)
    try {
      await redeemAt(url, claim, { folder, serialNumber });
      return claim;
    } catch (error) {
      failure = error;
      if (!(error instanceof CodedError && error.retryable)) break;
    }
  // Told last: the clock of this device may be wrong, and the hub's counts.
  if (failure instanceof CodedError && failure.retryable && claim.expiresMs < nowMs)
    throw new CodedError(
      "CLAIM_EXPIRED",
      `By this device's clock the claim ended on ${new Date(claim.expiresMs).toISOString()}; and ${failure.message}`,
    );
  throw failure;
}

async function redeemAt(
  url: string,
  { claimId, secret, fingerprint }: Claim,
  { folder, serialNumber }: { folder: string; serialNumber: string },
): Promise<void> {
  const ca = await fetchAuthority(url, fingerprint);
  const key = pendingKey(folder);
  const offered = proveKey(key, `redeem ${claimId}`);
  const { certificate } = await askHub<CertificateReply>(url, enrolmentPaths.redeem, {
    material: { ca },
    body: { claimId, secret, serialNumber, ...offered },
  });
  rmSync(join(folder, "next.pem"), { force: true });
  writeCa(folder, ca);
  writeKeyed(folder, "gateway.pem", { key, certificate });
}
