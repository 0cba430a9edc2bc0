import { createHash, type X509Certificate } from "node:crypto";
import type { ClientRequest, IncomingMessage } from "node:http";
import { request } from "node:https";
import { isIP } from "node:net";
import { connect, type DetailedPeerCertificate, type TLSSocket } from "node:tls";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import { linkReason } from "../publish/link-reasons.ts";
import { hostOf } from "../publish/route.ts";

/** What a gateway trusts, and shows of itself; PEM. */
export interface TlsMaterial {
  readonly ca: string;
  readonly certificate?: string;
  readonly key?: string;
}

const timeoutMs = 60_000;
/** Leads past MQTT on the same port. */
const alpn = { ALPNProtocols: ["http/1.1"] };
const maxReplyBytes = 64 * 1024;

/** `mqtts://host:port` as what TLS dials. An address has no server name. */
function target(url: string) {
  const host = hostOf(url);
  const servername = isIP(host) === 0 ? { servername: host } : {};
  return { host, port: Number(new URL(url).port) || 8883, ...servername };
}

/**
 * Reads the certificate of the hub's authority off the wire and lets it pass only if it is the one that was promised.
 * Nothing secret is said on this connection. @throws CodedError HUB_UNREACHABLE (retryable), WRONG_HUB
 */
export async function fetchAuthority(url: string, fingerprint: string): Promise<string> {
  const chain = await new Promise<readonly DetailedPeerCertificate[]>((resolve, reject) => {
    // The chain is judged by its fingerprint below, not by authorities this device happens to know.
    const options = { ...target(url), ...alpn, rejectUnauthorized: false };
    const socket: TLSSocket = connect(options, () => {
      resolve(chainOf(socket));
      socket.destroy();
    });
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error("nothing answers")));
    socket.on("error", (error) => reject(unreachable(url, error)));
  });
  const authority = chain.find(({ raw }) => sha256(raw) === fingerprint);
  if (authority === undefined)
    throw new CodedError(
      "WRONG_HUB",
      `${hostOf(url)} is not the hub that made this claim: its certificate is of another authority.`,
    );
  return pemOf(authority.raw);
}

/** One request over HTTPS. @throws CodedError HUB_UNREACHABLE (retryable), or with the code and words of the hub */
export async function askHub<Reply>(
  url: string,
  path: string,
  { material, body }: { material: TlsMaterial; body?: object },
): Promise<Reply> {
  const { ca, certificate, key } = material;
  const asked = request({
    ...target(url),
    path,
    method: body === undefined ? "GET" : "POST",
    headers: { "content-type": "application/json", host: hostOf(url) },
    ca,
    ...(certificate !== undefined && key !== undefined ? { cert: certificate, key } : {}),
    ...alpn,
    agent: false,
    timeout: timeoutMs,
  });
  try {
    const { status, text } = await finish(asked, body);
    const reply = JSON.parse(text) as Reply & { code?: string; message?: string };
    if (status === 200) return reply;
    throw new CodedError(reply.code ?? "HUB_REFUSED", `The hub says: ${reply.message}`, {
      retryable: status === 429 || status >= 500,
    });
  } catch (error) {
    if (error instanceof CodedError) throw error;
    throw unreachable(url, error instanceof Error ? error : new Error(String(error)));
  }
}

async function finish(
  asked: ClientRequest,
  body: object | undefined,
): Promise<{ readonly status: number; readonly text: string }> {
  const reply = await new Promise<IncomingMessage>((resolve, reject) => {
    asked.on("response", resolve);
    asked.on("error", reject);
    asked.on("timeout", () => asked.destroy(new Error("nothing answers")));
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of reply as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxReplyBytes) throw new Error("the reply is too long");
    chunks.push(chunk);
  }
  return { status: reply.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") };
}

/** From the server's own certificate up; a root is its own issuer. */
function chainOf(socket: TLSSocket): readonly DetailedPeerCertificate[] {
  const chain: DetailedPeerCertificate[] = [];
  let one: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (one?.raw && !chain.includes(one) && chain.length < 8) {
    chain.push(one);
    one = one.issuerCertificate;
  }
  return chain;
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

const pemOf = (raw: Uint8Array): string =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(raw)
    .toString("base64")
    .replaceAll(/(.{64})/g, "$1\n")
    .trimEnd()}\n-----END CERTIFICATE-----\n`;

/** When two thirds of a certificate's life are over, ms since the epoch. */
export function renewalDueMs({ validFromDate, validToDate }: X509Certificate): number {
  const [from, to] = [validFromDate.getTime(), validToDate.getTime()];
  return from + ((to - from) * 2) / 3;
}

function unreachable(url: string, error: Error): CodedError {
  const { isRefused, text } = linkReason(error, new URL(url).host);
  return new CodedError(isRefused ? "WRONG_HUB" : "HUB_UNREACHABLE", `${text}.`, {
    retryable: !isRefused,
    cause: errorCode(error) === "UNKNOWN" ? error : undefined,
  });
}
