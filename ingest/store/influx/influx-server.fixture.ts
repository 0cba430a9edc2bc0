import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { quietPort } from "../../../test/quiet-port.fixture.ts";
import type { InfluxTarget } from "../telemetry-url.ts";

/** Where `test/run.ts --soak` builds 1.8.10, the last of the 1.x that a recent Go compiles. */
export const builtInflux = join(homedir(), ".cache", "firebreak", "influxdb-1.8.10", "influxd");

const programs = {
  "1.6.7": { path: "/usr/bin/influxd", missing: "the Debian package influxdb is not installed" },
  "1.8.10": {
    path: builtInflux,
    missing: "InfluxDB 1.8.10 was not built: npm run test:soak does so where there is a Go",
  },
} as const;

export type InfluxVersion = keyof typeof programs;
export const influxVersions = Object.keys(programs) as InfluxVersion[];

const saidSo = new Set<string>();

/** Whether there is such a server; where not, says so once, and on CI that is an error for Debian's. */
export function hasInflux(version: InfluxVersion = "1.6.7"): boolean {
  const { path, missing } = programs[version];
  if (existsSync(path)) return true;
  if (process.env.CI && version === "1.6.7") throw new Error(missing);
  if (!saidSo.has(version)) process.stderr.write(`skipped, ${missing}\n`);
  saidSo.add(version);
  return false;
}

interface ServerOptions {
  readonly version?: InfluxVersion;
  /** Where its data are, such as a small file system; default a temporary folder. */
  readonly folder?: string;
  /** Lines of the section `[data]`. */
  readonly data?: readonly string[];
}

/** An InfluxDB of its own on a loopback port of its own, ended with this process however that dies. */
export class InfluxServer {
  readonly #folder: string;
  readonly #options: ServerOptions;
  #process: ChildProcess | undefined;
  readonly #port: number;

  private constructor(options: ServerOptions, port: number) {
    this.#port = port;
    this.#folder = options.folder ?? mkdtempSync(join(tmpdir(), "firebreak-influx-"));
    this.#options = options;
  }

  static async start(options: ServerOptions = {}): Promise<InfluxServer> {
    const server = new InfluxServer(options, await quietPort());
    mkdirSync(server.#folder, { recursive: true });
    await server.restart();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  target(database: string): InfluxTarget {
    return { kind: "influx", version: 1, url: this.url, database, org: "" };
  }

  /** On the same port as before. */
  async restart(): Promise<void> {
    const config = join(this.#folder, "influxdb.conf");
    writeFileSync(config, this.#config());
    const { path } = programs[this.#options.version ?? "1.6.7"];
    const child = spawn("setpriv", ["--pdeathsig=KILL", path, "-config", config], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#process = child;
    let log = "";
    child.stderr?.on("data", (text) => {
      log = (log + String(text)).slice(-20_000);
    });
    const endMs = performance.now() + 60_000;
    while (!(await this.#answers())) {
      if (child.exitCode !== null) throw new Error(`InfluxDB ended: ${log}`);
      if (performance.now() > endMs) throw new Error("InfluxDB does not answer");
      await sleep(20);
    }
  }

  #config(): string {
    const at = (name: string) => JSON.stringify(join(this.#folder, name));
    return [
      "reporting-disabled = true",
      'bind-address = "127.0.0.1:0"',
      ...["[meta]", `dir = ${at("meta")}`],
      ...["[data]", `dir = ${at("data")}`, `wal-dir = ${at("wal")}`, "query-log-enabled = false"],
      ...(this.#options.data ?? ["max-series-per-database = 0", "max-values-per-tag = 0"]),
      ...["[http]", `bind-address = "127.0.0.1:${this.#port}"`, "log-enabled = false"],
      ...["[monitor]", "store-enabled = false", "[subscriber]", "enabled = false", ""],
    ].join("\n");
  }

  async #answers(): Promise<boolean> {
    const answer = fetch(`${this.url}/ping`, { signal: AbortSignal.timeout(1_000) });
    return answer.then(
      ({ status }) => status === 204,
      () => false,
    );
  }

  /** Asks the server itself, past everything of ours. One table's rows, those of all groups. */
  async rows(database: string, text: string): Promise<unknown[][]> {
    const answer = await fetch(`${this.url}/query`, {
      method: "POST",
      body: new URLSearchParams({ db: database, q: text }),
    });
    const { results = [] } = (await answer.json()) as {
      results?: { error?: string; series?: { values?: unknown[][] }[] }[];
    };
    const problem = results.find(({ error }) => error)?.error;
    if (problem) throw new Error(problem);
    return results.flatMap(({ series = [] }) => series.flatMap(({ values = [] }) => values));
  }

  /** Stands still, connections stay open. */
  freeze(): void {
    this.#process?.kill("SIGSTOP");
  }

  thaw(): void {
    this.#process?.kill("SIGCONT");
  }

  /** SIGKILL goes out before this returns; the promise waits for the end of the process. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}
