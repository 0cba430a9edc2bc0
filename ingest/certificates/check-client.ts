import { X509Certificate } from "node:crypto";

/** Who a certificate says its bearer is; the TLS handshake has proven that it holds the key. */
export interface ClientIdentity {
  readonly gatewayId: string;
  /** Serial number of the certificate, lower-case hex. */
  readonly serial: string;
  readonly notAfterMs: number;
}

export type ClientCheck =
  | ({ readonly status: "valid" } & ClientIdentity)
  | ({ readonly status: "expired" } & ClientIdentity)
  | ({ readonly status: "not-yet-valid"; readonly notBeforeMs: number } & ClientIdentity)
  | { readonly status: "other-authority" }
  | { readonly status: "damaged" };

const clientAuth = "1.3.6.1.5.5.7.3.2";

/**
 * Judges a client certificate by the authority and the hub's own clock. Revocation is not looked at.
 * `certificate`: DER as the TLS layer hands it on, whatever it is.
 */
export function checkClient(
  certificate: Uint8Array,
  authority: X509Certificate,
  nowMs: number,
): ClientCheck {
  const parsed = parseCertificate(certificate);
  if (parsed === undefined) return { status: "damaged" };
  if (!parsed.checkIssued(authority) || !parsed.verify(authority.publicKey))
    return { status: "other-authority" };
  const gatewayId = /^CN=(.+)$/m.exec(parsed.subject)?.[1];
  // The hub's own server certificate has the same issuer.
  if (gatewayId === undefined || !parsed.keyUsage?.includes(clientAuth))
    return { status: "damaged" };
  const notBeforeMs = parsed.validFromDate.getTime();
  const identity = {
    gatewayId: unescapeName(gatewayId),
    serial: serialOf(parsed),
    notAfterMs: parsed.validToDate.getTime(),
  };
  if (nowMs < notBeforeMs) return { status: "not-yet-valid", notBeforeMs, ...identity };
  if (nowMs > identity.notAfterMs) return { status: "expired", ...identity };
  return { status: "valid", ...identity };
}

export const serialOf = ({ serialNumber }: X509Certificate): string => serialNumber.toLowerCase();

function parseCertificate(certificate: Uint8Array): X509Certificate | undefined {
  try {
    return new X509Certificate(certificate);
  } catch {
    return undefined;
  }
}

/** @see RFC 2253: special characters stand behind a backslash. */
const unescapeName = (text: string): string =>
  text.replaceAll(/\\([0-9A-Fa-f]{2})|\\(.)/g, (_all, hex?: string, plain?: string) =>
    hex === undefined ? (plain ?? "") : String.fromCharCode(Number.parseInt(hex, 16)),
  );
