import { setTimeout as sleep } from "node:timers/promises";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import { retryAfterMs } from "../retry-after.ts";
import { documentLimits } from "./document-node.ts";
import type { AempSource } from "./source-config.ts";
import { SourceError, type SourceErrorReason } from "./source-error.ts";

const timeoutMs = 60_000;
const maxTokenBytes = 64 * 1_024;
/** A token is fetched again before it ends. */
const earlyMs = 60_000;
const defaultTokenMs = 3_600_000;
const longestWaitMs = 60_000;
const maxTries = 6;
const retryLimits = { leastMs: 1_000, mostMs: 24 * 3_600_000 };

/** One source over HTTP: signs in, reads a page, and says in plain words what is wrong. */
export interface SourceClient {
  /** The text of one page. @throws SourceError */
  page(url: URL): Promise<string>;
}

export function createSourceClient(
  { config, secret }: AempSource,
  nowMs: () => number,
  signal: AbortSignal,
): SourceClient {
  const { auth } = config;
  let token: { readonly text: string; readonly endsMs: number } | undefined;

  const authorization = async (): Promise<string | undefined> => {
    if (auth.kind === "none") return undefined;
    if (auth.kind === "bearer") return `Bearer ${secret}`;
    if (auth.kind === "basic") return basicOf(auth.user, secret);
    if (token === undefined || token.endsMs <= nowMs()) token = await fetchToken(auth);
    return `Bearer ${token.text}`;
  };

  const fetchToken = async (oauth: Extract<typeof auth, { kind: "oauth2" }>) => {
    const { tokenUrl, clientId, scope } = oauth;
    const form = new URLSearchParams({
      grant_type: "client_credentials",
      ...(scope ? { scope } : {}),
    });
    const basic = basicOf(encodeURIComponent(clientId), encodeURIComponent(secret));
    const headers = {
      authorization: basic,
      "content-type": "application/x-www-form-urlencoded",
      accept: "application/json",
    };
    const url = new URL(tokenUrl);
    const answer = await ask(
      url,
      { method: "POST", headers, body: form.toString() },
      maxTokenBytes,
    );
    if (answer.status !== 200) throw refusal(url, answer, "no-token");
    const { access_token: text, expires_in: seconds } = tokenIn(answer.text, url);
    const lifeMs = typeof seconds === "number" && seconds > 0 ? seconds * 1_000 : defaultTokenMs;
    return { text, endsMs: nowMs() + Math.max(lifeMs - earlyMs, lifeMs / 2) };
  };

  const ask = async (url: URL, init: RequestInit, most: number): Promise<Answer> => {
    try {
      const until = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      const reply = await fetch(url, { ...init, redirect: "manual", signal: until });
      const header = reply.headers.get("retry-after");
      const text = await textOf(reply, most, url);
      return { status: reply.status, text, waitMs: retryAfterMs(header, nowMs(), retryLimits) };
    } catch (cause) {
      if (cause instanceof SourceError) throw cause;
      throw unreachable(url, cause);
    }
  };

  return {
    async page(url) {
      const accept = config.accept === "json" ? "application/json" : "application/xml";
      const read = async () => {
        const bearer = await authorization();
        const headers = { accept, ...(bearer ? { authorization: bearer } : {}) };
        return ask(url, { headers }, documentLimits.bytes);
      };
      let answer = await read();
      let isRenewed = false;
      for (let tries = 0; tries < maxTries; tries++) {
        // A token may end before its time: the server started again, say.
        const isEnded = answer.status === 401 && auth.kind === "oauth2" && !isRenewed;
        // In the midst of a fleet a short wait is better than to begin again.
        if (isEnded) isRenewed = true;
        else if (isShortWait(answer)) await sleep(answer.waitMs ?? 0, undefined, { signal });
        else break;
        if (isEnded) token = undefined;
        answer = await read();
      }
      if (answer.status !== 200) throw refusal(url, answer, "no-machines");
      return answer.text;
    },
  };
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly waitMs: number | undefined;
}

const isShortWait = ({ status, waitMs = Number.POSITIVE_INFINITY }: Answer): boolean =>
  (status === 429 || status === 503) && waitMs <= longestWaitMs;

const basicOf = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

/** At most so many bytes; what is longer is not read to its end. */
async function textOf(reply: Response, most: number, url: URL): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of reply.body ?? []) {
    length += piece.byteLength;
    if (length > most) throw new SourceError("too-much", { host: url.host, bytes: most });
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString("utf8");
}

function tokenIn(text: string, { host }: URL): { access_token: string; expires_in: unknown } {
  try {
    const { access_token, expires_in } = JSON.parse(text) as Record<string, unknown>;
    if (typeof access_token === "string" && /^[\x21-\x7e]{1,8000}$/.test(access_token))
      return { access_token, expires_in };
  } catch {
    // Said below.
  }
  throw new SourceError("empty-token", { host });
}

function refusal(
  { host }: URL,
  { status, waitMs }: Answer,
  otherwise: SourceErrorReason,
): SourceError {
  const isMoved = status >= 300 && status < 400;
  const wait = waitMs === undefined || isMoved ? {} : { retryAfterMs: waitMs };
  const isLater = status === 429 || (status === 503 && waitMs !== undefined);
  return new SourceError(isLater ? "later" : reasonOf(status, otherwise), { host, status }, wait);
}

function reasonOf(status: number, otherwise: SourceErrorReason): SourceErrorReason {
  if (status === 401 || status === 400) return "credentials";
  if (status === 403) return "not-allowed";
  if (status === 404) return "nothing-there";
  if (status >= 300 && status < 400) return "redirect";
  return status >= 500 ? "own-fault" : otherwise;
}

function unreachable({ host }: URL, cause: unknown): SourceError {
  const name = cause instanceof Error ? cause.name : "";
  if (name === "TimeoutError")
    return new SourceError("no-answer", { host, seconds: timeoutMs / 1_000 }, { cause });
  const inner = cause instanceof Error ? cause.cause : undefined;
  return new SourceError("unreachable", { host, reason: errorCode(inner ?? cause) }, { cause });
}
