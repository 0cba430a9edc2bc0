import { lookup as systemLookup } from "node:dns/promises";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP } from "node:net";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";

export interface SafeRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface SafeAnswer {
  readonly status: number;
  /** At most the limit; what came beyond it was not read. */
  readonly text: string;
  /** Seconds the other side asks to wait, if it does. */
  readonly retryAfterSeconds: number | undefined;
}

export interface SafeRequestOptions {
  /** Of everything: name look-up, connection, answer. */
  readonly timeoutMs: number;
  readonly answerLimitBytes: number;
  readonly mayConnect: (address: string) => boolean;
  /** Every address of a name; the system's own when absent. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
}

const resolveBySystem = async (host: string): Promise<readonly string[]> =>
  (await systemLookup(host, { all: true, verbatim: true })).map(({ address }) => address);

/**
 * One HTTP request to a configured target. The name is resolved once, every address it has must be permitted, and the
 * connection is made to the address that was checked, so a name that answers differently a moment later leads nowhere.
 * No redirect is followed, no connection is reused.
 * Errors, all retryable: `TARGET_ADDRESS` (not permitted), `TARGET_NAME` (no such name), `TARGET_TIMEOUT`,
 * `TARGET_UNREACHABLE`.
 */
export async function safeRequest(
  order: SafeRequest,
  options: SafeRequestOptions,
): Promise<SafeAnswer> {
  const { timeoutMs } = options;
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), timeoutMs);
  const timedOut = new Promise<never>((_resolve, reject) => {
    giveUp.signal.addEventListener("abort", () =>
      reject(fault("TARGET_TIMEOUT", `no answer within ${timeoutMs} ms`)),
    );
  });
  try {
    return await Promise.race([attempt(order, options, giveUp.signal), timedOut]);
  } finally {
    clearTimeout(timer);
    giveUp.abort();
    timedOut.catch(() => undefined);
  }
}

const fault = (code: string, message: string, cause?: unknown): CodedError =>
  new CodedError(code, message, { retryable: true, ...(cause === undefined ? {} : { cause }) });

async function attempt(order: SafeRequest, options: SafeRequestOptions, signal: AbortSignal) {
  const { protocol } = order.url;
  if (protocol !== "http:" && protocol !== "https:")
    throw fault("TARGET_ADDRESS", "only http and https are spoken");
  const address = await permittedAddress(order.url.hostname, options);
  signal.throwIfAborted();
  return exchange(order, { address, signal, limit: options.answerLimitBytes });
}

async function permittedAddress(hostname: string, options: SafeRequestOptions): Promise<string> {
  const { mayConnect, resolve = resolveBySystem } = options;
  const host = hostname.replace(/^\[|\]$/g, "");
  const addresses = isIP(host) ? [host] : await namesOf(host, resolve);
  const [first] = addresses;
  if (first === undefined) throw fault("TARGET_NAME", "the name has no address");
  // One bad address among good ones is an attempt at getting in: none is used.
  if (!addresses.every(mayConnect))
    throw fault("TARGET_ADDRESS", "the name leads to an address that is not permitted");
  return first;
}

async function namesOf(host: string, resolve: (host: string) => Promise<readonly string[]>) {
  try {
    return await resolve(host);
  } catch (error) {
    throw fault("TARGET_NAME", `the name cannot be resolved (${errorCode(error)})`, error);
  }
}

function exchange(
  { url, method, headers, body }: SafeRequest,
  at: { readonly address: string; readonly signal: AbortSignal; readonly limit: number },
): Promise<SafeAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<SafeAnswer>();
  const family = isIP(at.address);
  const send = url.protocol === "https:" ? requestHttps : requestHttp;
  const sent = send(url, {
    method,
    agent: false,
    signal: at.signal,
    headers: {
      ...headers,
      ...(body === "" ? {} : { "content-length": String(Buffer.byteLength(body)) }),
      connection: "close",
    },
    // Only the checked address is known to this connection; certificate and Host header keep the name.
    lookup: (_host, { all }, done) =>
      all ? done(null, [{ address: at.address, family }]) : done(null, at.address, family),
  });
  sent.on("error", (cause) =>
    reject(fault("TARGET_UNREACHABLE", `no connection (${errorCode(cause)})`, cause)),
  );
  sent.on("response", (answer) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const done = () =>
      resolve({
        status: answer.statusCode ?? 0,
        text: Buffer.concat(chunks).subarray(0, at.limit).toString(),
        retryAfterSeconds: secondsOf(answer.headers["retry-after"]),
      });
    answer.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size < at.limit) return;
      done();
      answer.destroy();
    });
    answer.on("end", done);
    answer.on("error", (cause) =>
      reject(fault("TARGET_UNREACHABLE", `the answer broke off (${errorCode(cause)})`, cause)),
    );
  });
  sent.end(body);
  return promise;
}

function secondsOf(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,6}$/.test(header) ? Number(header) : undefined;
}
