import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import type { InfluxTarget } from "../telemetry-url.ts";
import type { InfluxServer } from "./influx-server.fixture.ts";

/** What the stand-in says instead of storing; `ignore` never answers. */
export interface CannedAnswer {
  readonly status: number | "ignore";
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Answers as InfluxDB 2.x or 3.x do and has a real 1.x behind it, which stores and answers InfluxQL: paths, tokens,
 * mappings and the shape of refusals are theirs, the samples real.
 */
export class StandIn {
  readonly version: 1 | 2 | 3;
  token = "right";
  /** Larger bodies get 413. */
  maxBytes = Number.POSITIVE_INFINITY;
  /** Taken one per write, before anything is stored. */
  canned: CannedAnswer[] = [];
  /** As 3.x only: lines that look so are not taken. */
  refuses: RegExp | undefined;
  /** When each write came, and how many lines it had. */
  readonly writes: { readonly atMs: number; readonly lines: number }[] = [];
  readonly made: string[] = [];
  /** Called with the backend's answer in hand and before it is passed on. */
  onStored: (() => void) | undefined;
  readonly #backend: InfluxServer;
  readonly #database: string;
  readonly #server: Server;

  private constructor(version: 1 | 2 | 3, backend: InfluxServer, database: string) {
    this.version = version;
    this.#backend = backend;
    this.#database = database;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        response.destroy(error instanceof Error ? error : undefined);
      });
    });
  }

  static async start(
    version: 1 | 2 | 3,
    backend: InfluxServer,
    database: string,
  ): Promise<StandIn> {
    const standIn = new StandIn(version, backend, database);
    await new Promise<void>((done) => standIn.#server.listen(0, "127.0.0.1", done));
    await backend.rows("", `create database "${database}"`);
    return standIn;
  }

  get target(): InfluxTarget {
    const { port } = this.#server.address() as AddressInfo;
    const org = this.version === 2 ? "our org" : "";
    const { version } = this;
    const url = `http://127.0.0.1:${port}`;
    return { kind: "influx", version, url, database: this.#database, org };
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const url = new URL(request.url ?? "/", "http://stand-in");
    const say = (status: number, content?: unknown, headers = {}) => {
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(typeof content === "string" ? content : JSON.stringify(content));
    };
    const scheme = this.version === 3 ? "Bearer" : "Token";
    if (this.version !== 1 && request.headers.authorization !== `${scheme} ${this.token}`)
      return say(401, { code: "unauthorized", message: "unauthorized access" });
    if (url.pathname === "/query") return this.#query(url, body, say);
    if (url.pathname === "/write" || url.pathname === "/api/v2/write")
      return this.#write(body, say);
    return this.#manage(url, body.toString("utf8"), say);
  }

  async #query(url: URL, body: Buffer, say: Say): Promise<void> {
    if (this.version === 2 && !this.made.includes("mapping"))
      return say(404, { code: "not found", message: "unable to find DBRP" });
    const form = new URLSearchParams(body.toString("utf8"));
    for (const [name, value] of url.searchParams) form.set(name, value);
    const answer = await fetch(`${this.#backend.url}/query`, { method: "POST", body: form });
    say(answer.status, await answer.text());
  }

  async #write(body: Buffer, say: Say): Promise<void> {
    const lines = body.toString("utf8").split("\n");
    this.writes.push({ atMs: performance.now(), lines: lines.length });
    const canned = this.canned.shift();
    if (canned?.status === "ignore") return;
    if (canned) return say(canned.status as number, canned.body, canned.headers);
    if (body.length > this.maxBytes)
      return say(413, { code: "request too large", message: "unable to read data: too large" });
    if (this.version === 3) return this.#write3(lines, say);
    const answer = await this.#store(body);
    if (answer.status === 204) {
      this.onStored?.();
      return say(204);
    }
    const { error } = (await answer.json()) as { error: string };
    if (this.version === 1) return say(answer.status, { error });
    if (error.includes("partial write"))
      return say(422, {
        code: "unprocessable entity",
        message: `failure writing points: ${error}`,
      });
    say(answer.status, { code: "invalid", message: error });
  }

  /** 3.x stores what it can and names every other line. */
  async #write3(lines: readonly string[], say: Say): Promise<void> {
    const bad = lines.flatMap((line, at) =>
      this.refuses?.test(line) !== true
        ? []
        : [{ original_line: line, line_number: at + 1, error_message: "invalid column type" }],
    );
    const refused = new Set(bad.map(({ line_number }) => line_number - 1));
    const good = lines.filter((_, at) => !refused.has(at));
    if (good.length > 0) await this.#store(Buffer.from(good.join("\n")));
    if (bad.length === 0) return say(204);
    say(400, { error: "partial write of line protocol occurred", data: bad });
  }

  #store(body: Buffer): Promise<Response> {
    const query = new URLSearchParams({ db: this.#database, precision: "ns" });
    return fetch(`${this.#backend.url}/write?${query}`, {
      method: "POST",
      body: new Uint8Array(body),
    });
  }

  #manage({ pathname }: URL, body: string, say: Say): void {
    const isMapped = this.made.includes("mapping");
    const makes: Record<string, string> = {
      "/api/v2/dbrps": "mapping",
      "/api/v3/configure/database": "database",
      "/api/v3/configure/table": "table",
    };
    const what = makes[pathname];
    if (pathname === "/api/v2/buckets")
      say(200, { buckets: [{ id: "b1", orgID: "o1", name: this.#database }] });
    else if (what === "mapping" && body === "")
      say(200, { content: isMapped ? [{ database: this.#database, default: true }] : [] });
    else if (what === undefined) say(404, { error: "not found" });
    else if (this.made.includes(what)) say(409, { error: "already exists" });
    else {
      this.made.push(what);
      say(what === "mapping" ? 201 : 200, {});
    }
  }
}

type Say = (status: number, content?: unknown, headers?: object) => void;

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const body = Buffer.concat(parts);
  return request.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body;
}
