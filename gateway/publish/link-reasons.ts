import { errorCode } from "@firebreak/kit/coded-error.ts";

/** How a connection ended, for people. `refused`: the other side answered, and said no. */
export interface LinkReason {
  readonly isRefused: boolean;
  readonly text: string;
}

/** @see MQTT 3.1.1, 3.2.2.3: connect return codes */
const connackTexts: Record<number, string> = {
  1: "the broker does not speak MQTT 3.1.1",
  2: "the broker refuses this gateway's id",
  3: "the broker is busy or not available",
  4: "user name or password is wrong, or this gateway is not enrolled",
  5: "the broker does not authorise this gateway",
};

const networkTexts: Record<string, string> = {
  ENOTFOUND: "the name cannot be resolved",
  EAI_AGAIN: "the name cannot be resolved, no name server answers",
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "the connection was cut",
  EPIPE: "the connection was cut",
  ETIMEDOUT: "nothing answers",
  EHOSTUNREACH: "there is no way to it",
  ENETUNREACH: "there is no network",
};

/** What is wrong with the server's certificate, or with ours in the server's eyes. */
const certificateTexts: Record<string, string> = {
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name: this is not the hub",
  CERT_HAS_EXPIRED: "its certificate has expired, or this gateway's clock is wrong",
  CERT_NOT_YET_VALID: "its certificate is not valid yet, or this gateway's clock is wrong",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is of another authority than the hub's",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is of another authority than the hub's",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is of another authority than the hub's",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate is of another authority than the hub's",
  CERT_SIGNATURE_FAILURE: "its certificate is of another authority than the hub's",
  ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak TLS; is the port that of mqtt://?",
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: "it says that this gateway's certificate has expired",
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED: "it says that this gateway's certificate was revoked",
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: "it does not accept this gateway's certificate",
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: "it does not know the authority of this gateway's certificate",
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: "it wants a certificate and this gateway has none",
};

/** `where`: the address that was tried. The words of an error that is not known are passed on as they are. */
export function linkReason(error: Error, where: string): LinkReason {
  const code: unknown = "code" in error ? error.code : undefined;
  if (typeof code === "number") {
    const text = connackTexts[code] ?? `the broker refuses the connection (code ${code})`;
    return { isRefused: true, text };
  }
  const name = errorCode(error);
  const certificate = certificateTexts[name];
  if (certificate !== undefined) return { isRefused: true, text: `${where}: ${certificate}` };
  const network = networkTexts[name];
  if (network !== undefined) return { isRefused: false, text: `${where}: ${network}` };
  if (/keepalive timeout/i.test(error.message))
    return { isRefused: false, text: `${where}: the server has fallen silent` };
  if (/connack timeout/i.test(error.message))
    return { isRefused: false, text: `${where}: nothing answers` };
  return { isRefused: false, text: error.message === "" ? `${where}: ${name}` : error.message };
}
