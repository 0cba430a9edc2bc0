import { createHash, createPublicKey, type KeyObject, verify, X509Certificate } from "node:crypto";
import type { Clock } from "@firebreak/kit/clock.ts";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { enrolmentOf } from "@firebreak/kit/credentials.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import {
  type CertificateReply,
  proofText,
  type RedeemRequest,
  type RenewRequest,
} from "@firebreak/wire/enrolment.ts";
import type { GatewayCredentials } from "../broker/gateway-credentials.ts";
import type { Authority } from "./authority.ts";
import type { CertificateBook } from "./certificate-book.ts";
import { serialOf } from "./check-client.ts";
import { type ClaimRecord, findClaim, writeClaim } from "./claims.ts";
import type { GatewayGate } from "./gateway-gate.ts";

export interface EnrolmentOptions {
  readonly dataFolder: string;
  readonly authority: Authority;
  readonly book: CertificateBook;
  readonly credentials: Pick<GatewayCredentials, "find">;
  readonly gate: GatewayGate;
  /** Life of a gateway's certificate, ms. */
  readonly lifeMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface Enrolment {
  /** @throws CodedError CLAIM_REFUSED, CLAIM_EXPIRED, CLAIM_USED, SERIAL_MISMATCH, SERIAL_IN_USE, BAD_KEY */
  redeem(request: RedeemRequest): Promise<CertificateReply>;
  /** `certificate`: what the asker came with, DER. @throws CodedError CERTIFICATE_REFUSED, BAD_KEY */
  renew(certificate: Uint8Array, request: RenewRequest): Promise<CertificateReply>;
}

/** Clocks of gateways are seldom right to the second; the hub's own is what counts. */
const backdateMs = 3_600_000;

/** Turns claims into certificates and old certificates into new ones; what it gives out it has entered before. */
export function createEnrolment(options: EnrolmentOptions): Enrolment {
  const { dataFolder, authority, book, credentials, gate, lifeMs, clock, log } = options;

  const issue = async (
    identity: { gatewayId: string; enrolment: string; serialNumber: string },
    key: KeyObject,
  ): Promise<CertificateReply> => {
    const nowMs = clock.nowMs();
    const publicKey = key.export({ type: "spki", format: "der" });
    const certificate = await authority.issueGateway(identity.gatewayId, {
      publicKey,
      notBeforeMs: nowMs - backdateMs,
      notAfterMs: nowMs + lifeMs,
    });
    book.enter(identity, {
      serial: serialOf(new X509Certificate(certificate)),
      keyHash: createHash("sha256").update(publicKey).digest("hex"),
      issuedAt: new Date(nowMs).toISOString(),
      notAfter: new Date(nowMs + lifeMs).toISOString(),
    });
    const { gatewayId, serialNumber } = identity;
    log.info({ gatewayId, serialNumber }, "a gateway was given a certificate");
    return { certificate, authority: authority.certificate };
  };

  /** A device is one gateway; one that was revoked or enrolled anew has let go of it. */
  const checkDevice = async (serialNumber: string, gatewayId: string) => {
    const owner = book.ownerOf(serialNumber, gatewayId);
    const credential = owner === undefined ? undefined : await credentials.find(owner);
    const isHeld =
      credential !== undefined &&
      !credential.revoked &&
      enrolmentOf(credential) === book.of(credential.gatewayId)?.enrolment;
    if (isHeld)
      throw new CodedError(
        "SERIAL_IN_USE",
        `the device ${serialNumber} is the gateway ${owner} already; revoke that one first`,
      );
  };

  return {
    async redeem({ claimId, secret, serialNumber, ...offered }) {
      const key = provenKey(`redeem ${claimId}`, offered);
      const claim = findClaim(dataFolder, claimId, secret);
      if (claim === undefined)
        throw new CodedError("CLAIM_REFUSED", "the hub does not know this claim");
      const keyHash = createHash("sha256").update(offered.publicKey).digest("hex");
      checkClaim(claim, { serialNumber, keyHash, nowMs: clock.nowMs() });
      const credential = await credentials.find(claim.gatewayId);
      if (!credential || credential.revoked || enrolmentOf(credential) !== claim.enrolment)
        throw new CodedError(
          "CLAIM_REFUSED",
          `the enrolment of ${claim.gatewayId} that this claim is of has ended`,
        );
      await checkDevice(serialNumber, claim.gatewayId);
      // Nothing is awaited between looking at the claim again and using it up: of two askers one gets it.
      checkClaim(findClaim(dataFolder, claimId, secret) ?? claim, {
        serialNumber,
        keyHash,
        nowMs: clock.nowMs(),
      });
      const at = new Date(clock.nowMs()).toISOString();
      writeClaim(dataFolder, { ...claim, used: { at, keyHash, serialNumber } });
      const { gatewayId, enrolment } = claim;
      return issue({ gatewayId, enrolment, serialNumber }, key);
    },

    async renew(certificate, request) {
      const key = provenKey("renew", request);
      const verdict = await gate.judge(certificate);
      if (!verdict.isAdmitted) throw new CodedError("CERTIFICATE_REFUSED", verdict.detail);
      const { gatewayId } = verdict.identity;
      const record = book.of(gatewayId);
      if (record === undefined) throw new CodedError("CERTIFICATE_REFUSED", "it was never issued");
      const { enrolment, serialNumber } = record;
      return issue({ gatewayId, enrolment, serialNumber }, key);
    },
  };
}

function checkClaim(
  { used, serialNumber: wanted, expiresAt }: ClaimRecord,
  { serialNumber, keyHash, nowMs }: { serialNumber: string; keyHash: string; nowMs: number },
): void {
  if (used && (used.keyHash !== keyHash || used.serialNumber !== serialNumber))
    throw new CodedError("CLAIM_USED", `the claim was used on ${used.at} by ${used.serialNumber}`);
  if (nowMs > Date.parse(expiresAt))
    throw new CodedError("CLAIM_EXPIRED", `the claim ended on ${expiresAt}; make a new one`);
  if (wanted !== null && wanted !== serialNumber)
    throw new CodedError(
      "SERIAL_MISMATCH",
      `the claim is for the device ${wanted}, and this is ${serialNumber}`,
    );
}

/** The offered key, once its holder has proven to have the other half. P-256 and nothing else. */
function provenKey(purpose: string, { publicKey, proof }: RenewRequest): KeyObject {
  try {
    const key = createPublicKey({
      key: Buffer.from(publicKey, "base64"),
      type: "spki",
      format: "der",
    });
    const isOurs = key.asymmetricKeyDetails?.namedCurve === "prime256v1";
    const text = Buffer.from(proofText(purpose, publicKey));
    if (isOurs && verify("sha256", text, key, Buffer.from(proof, "base64"))) return key;
  } catch (error) {
    throw badKey("the offered key cannot be read", error);
  }
  throw badKey("the asker does not hold the key it offers, or it is not P-256");
}

const badKey = (message: string, cause?: unknown) => new CodedError("BAD_KEY", message, { cause });
