import { CodedError } from "@firebreak/kit/coded-error.ts";

/** What a gateway needs to get its own certificate, once. Whoever holds it may become that gateway: it is a secret. */
export interface Claim {
  /** Brokers, mqtts://host:port; the certificate is given out at the same addresses. */
  readonly urls: readonly string[];
  readonly gatewayId: string;
  readonly claimId: string;
  /** 256 random bits, base64url. */
  readonly secret: string;
  /** SHA-256 of the certificate of the hub's authority, hex. */
  readonly fingerprint: string;
  readonly expiresMs: number;
  readonly machines: readonly string[];
}

const prefix = "firebreak-claim:1:";
const maxCharacters = 4_000;

/** One line without spaces, for a file or a QR code. */
export const encodeClaim = (claim: Claim): string =>
  `${prefix}${Buffer.from(
    JSON.stringify([
      claim.urls,
      claim.gatewayId,
      claim.claimId,
      claim.secret,
      claim.fingerprint,
      Math.floor(claim.expiresMs / 1000),
      claim.machines,
    ]),
  ).toString("base64url")}`;

/** @throws CodedError BAD_CLAIM for anything that `encodeClaim` did not make; the text is never in the message */
export function parseClaim(text: string): Claim {
  const line = text.trim();
  if (!line.startsWith(prefix) || line.length > maxCharacters)
    throw badClaim("it does not begin with firebreak-claim:1:");
  const fields = parseFields(line.slice(prefix.length));
  const [urls, gatewayId, claimId, secret, fingerprint, expires, machines] = fields;
  if (
    !isTexts(urls) ||
    urls.length === 0 ||
    !urls.every((url) => URL.canParse(url) && new URL(url).protocol === "mqtts:") ||
    !isText(gatewayId) ||
    !isText(claimId) ||
    !isText(secret) ||
    typeof fingerprint !== "string" ||
    !/^[0-9a-f]{64}$/.test(fingerprint) ||
    typeof expires !== "number" ||
    !Number.isSafeInteger(expires * 1000) ||
    !isTexts(machines)
  )
    throw badClaim("it is incomplete");
  return { urls, gatewayId, claimId, secret, fingerprint, expiresMs: expires * 1000, machines };
}

function parseFields(text: string): readonly unknown[] {
  try {
    const fields: unknown = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    if (Array.isArray(fields)) return fields;
  } catch {
    // Told below: the error of JSON would show a part of the secret.
  }
  throw badClaim("it was cut off or changed on its way");
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every(isText);

const badClaim = (why: string) =>
  new CodedError("BAD_CLAIM", `This is not a claim of a hub: ${why}.`);
