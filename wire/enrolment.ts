/** What gateway and hub say to each other over HTTPS when a gateway gets its certificate. JSON both ways. */

/** Paths on the hub's MQTT-over-TLS port; ALPN `http/1.1` leads to them. */
export const enrolmentPaths = {
  redeem: "/enrolment/v1/redeem",
  renew: "/enrolment/v1/renew",
  state: "/enrolment/v1/state",
} as const;

export interface RenewRequest {
  /** SubjectPublicKeyInfo of the gateway's new key, DER, base64. */
  readonly publicKey: string;
  /** ECDSA over `proofText` by that key, base64: proves that the asker holds it. */
  readonly proof: string;
}

export interface RedeemRequest extends RenewRequest {
  readonly claimId: string;
  readonly secret: string;
  /** Of the device. */
  readonly serialNumber: string;
}

/** The new certificate, PEM, and the authority that it and the hub's own are of. */
export interface CertificateReply {
  readonly certificate: string;
  readonly authority: string;
}

export interface EnrolmentRefusal {
  readonly code: string;
  /** For people. */
  readonly message: string;
}

/** The answer to `state`, asked with the certificate itself. */
export interface CertificateState {
  readonly isAccepted: boolean;
  /** For people; empty while it is accepted. */
  readonly detail: string;
}

/** What the new key signs; it names the key itself and what it is for, so that no proof fits anything else. */
export const proofText = (purpose: string, publicKey: string): string =>
  `firebreak enrolment 1\n${purpose}\n${publicKey}`;
