import { randomInt, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { BlockList, isIP } from "node:net";
import { hostname } from "node:os";
import type { Clock } from "@firebreak/kit/clock.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { Language } from "./finding-texts.ts";
import type { Inspector } from "./inspector.ts";
import { contentSecurityPolicy, lookPageOf, pageOf } from "./page-html.ts";

export interface LocalPageOptions {
  readonly inspector: Inspector;
  /** Address that it listens on; 127.0.0.1 is this device alone. */
  readonly address: string;
  readonly port: number;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface LocalPage {
  readonly url: string;
  /** What must be given for anything but looking. */
  readonly code: string;
  close(): Promise<void>;
}

/** Networks of a site; nobody else gets an answer, whatever address this listens on. */
const near = new BlockList();
for (const [net, bits] of [
  ["127.0.0.0", 8],
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["169.254.0.0", 16],
] as const)
  near.addSubnet(net, bits, "ipv4");
near.addAddress("::1", "ipv6");
near.addSubnet("fc00::", 7, "ipv6");
near.addSubnet("fe80::", 10, "ipv6");

const tickMs = 1_000;
const maxBodyBytes = 1_000;
const mostWrongCodes = 5;
const lockMs = 60_000;
const headers = {
  "content-security-policy": contentSecurityPolicy,
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
} as const;

/**
 * The gateway's own page for the person beside the machine: what comes, what does not, and why. Needs no link.
 * Looking is free to everybody in the same network; anything else needs the code in the log.
 * @throws the system's error where the address or port cannot be had
 */
export async function startLocalPage(options: LocalPageOptions): Promise<LocalPage> {
  const { inspector, address, port, clock, log } = options;
  const code = String(randomInt(1_000_000)).padStart(6, "0");
  const guard = createGuard(code, clock);
  const server = createServer(
    { requestTimeout: 10_000, headersTimeout: 5_000 },
    (request, reply) => {
      answer(request, reply, { inspector, guard }).catch((error: unknown) => {
        log.warn({ err: error }, "the local page failed");
        reply.destroy();
      });
    },
  );
  server.maxConnections = 20;
  server.listen(port, address);
  await once(server, "listening");
  const ticking = setInterval(() => inspector.tick(), tickMs);
  const { port: taken } = server.address() as { port: number };
  const url = `http://${isIP(address) === 6 ? `[${address}]` : address}:${taken}/`;
  log.info({ url, code }, "local page; the code is for a close look at Modbus");
  return {
    url,
    code,
    async close() {
      clearInterval(ticking);
      await closed(server);
    },
  };
}

interface Serving {
  readonly inspector: Inspector;
  readonly guard: ReturnType<typeof createGuard>;
}

async function answer(
  request: IncomingMessage,
  reply: ServerResponse,
  { inspector, guard }: Serving,
): Promise<void> {
  if (!isNear(request.socket.remoteAddress) || !isOwnName(request.headers.host))
    return send(reply, 403, "text/plain", "Only from this site's own network.\n");
  const url = new URL(request.url ?? "/", "http://gateway");
  const language = languageOf(url, request.headers["accept-language"]);
  const isReading = request.method === "GET" || request.method === "HEAD";
  if (isReading && url.pathname === "/")
    return send(reply, 200, "text/html", pageOf(inspector.report(), language));
  if (isReading && url.pathname === "/look")
    return send(reply, 200, "text/html", lookPageOf(language, ""));
  if (isReading && url.pathname === "/report.json")
    return send(reply, 200, "application/json", JSON.stringify(inspector.report()));
  if (request.method !== "POST" || url.pathname !== "/look")
    return send(reply, 404, "text/plain", "Not here.\n");
  const problem = guard(new URLSearchParams(await bodyOf(request)).get("code") ?? "");
  if (problem !== "")
    return send(
      reply,
      problem === "lockedOut" ? 429 : 403,
      "text/html",
      lookPageOf(language, problem),
    );
  await inspector.lookCloser();
  reply.writeHead(303, { ...headers, location: `/?lang=${language}` }).end();
}

function send(reply: ServerResponse, status: number, type: string, text: string): void {
  reply.writeHead(status, { ...headers, "content-type": `${type}; charset=utf-8` }).end(text);
}

/** Compares codes in constant time, and stops those who try them all. */
function createGuard(code: string, clock: Clock) {
  let wrong = 0;
  let lockedUntilMs = Number.NEGATIVE_INFINITY;
  return (given: string): "" | "wrongCode" | "lockedOut" => {
    if (clock.monotonicMs() < lockedUntilMs) return "lockedOut";
    const text = Buffer.from(
      given
        .trim()
        .padEnd(code.length)
        .slice(0, code.length + 1),
    );
    const isRight = text.length === code.length && timingSafeEqual(text, Buffer.from(code));
    wrong = isRight ? 0 : wrong + 1;
    if (wrong >= mostWrongCodes) {
      wrong = 0;
      lockedUntilMs = clock.monotonicMs() + lockMs;
    }
    return isRight ? "" : "wrongCode";
  };
}

function isNear(remote: string | undefined): boolean {
  const address = remote?.replace(/^::ffff:/, "").replace(/%.*$/, "") ?? "";
  const family = isIP(address);
  return family !== 0 && near.check(address, family === 4 ? "ipv4" : "ipv6");
}

/** A page of somebody else, whose name was made to mean this device, asks under that name. */
function isOwnName(host: string | undefined): boolean {
  const given = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : "";
  const name = given.replace(/^\[|\]$/g, "");
  const own = [hostname(), `${hostname()}.local`, "localhost"].map((one) => one.toLowerCase());
  return isIP(name) !== 0 || own.includes(name);
}

function languageOf(url: URL, accepted: string | undefined): Language {
  const asked = url.searchParams.get("lang");
  if (asked === "en" || asked === "zh-CN") return asked;
  return /^\s*zh/i.test(accepted ?? "") ? "zh-CN" : "en";
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const piece of request.setEncoding("utf8")) {
    text += piece;
    if (text.length > maxBodyBytes) return "";
  }
  return text;
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
