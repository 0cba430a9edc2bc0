import { createHmac, timingSafeEqual } from "node:crypto";

const hmac = (key: string | Buffer, text: string): string =>
  createHmac("sha256", key).update(text).digest("base64");

/** `whsec_<base64>` is bytes, anything else is text. */
const keyOf = (secret: string): Buffer =>
  secret.startsWith("whsec_")
    ? Buffer.from(secret.slice("whsec_".length), "base64")
    : Buffer.from(secret);

export interface Signed {
  /** The delivery: the same on every attempt. */
  readonly id: string;
  /** Seconds since the Unix epoch, of the attempt. */
  readonly timestamp: number;
  readonly body: string;
}

/**
 * Headers of a signed webhook. A receiver checks the signature over `id.timestamp.body`, refuses old timestamps, and
 * drops ids it has seen.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export const webhookHeaders = (secret: string, { id, timestamp, body }: Signed) => ({
  "webhook-id": id,
  "webhook-timestamp": String(timestamp),
  "webhook-signature": `v1,${hmac(keyOf(secret), `${id}.${timestamp}.${body}`)}`,
});

/** What a receiver does; here for tests and for whoever writes a receiver in this language. */
export function isSignedBy(secret: string, signature: string, signed: Signed): boolean {
  const expected = Buffer.from(webhookHeaders(secret, signed)["webhook-signature"]);
  const actual = Buffer.from(signature);
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/** Query members a DingTalk robot wants. @see https://open.dingtalk.com/document/robots/customize-robot-security-settings */
export const dingtalkSignature = (secret: string, nowMs: number) => ({
  timestamp: String(nowMs),
  sign: hmac(secret, `${nowMs}\n${secret}`),
});

/** Body members a Feishu robot wants. @see https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot */
export function feishuSignature(secret: string, nowMs: number) {
  const timestamp = String(Math.floor(nowMs / 1000));
  return { timestamp, sign: hmac(`${timestamp}\n${secret}`, "") };
}
