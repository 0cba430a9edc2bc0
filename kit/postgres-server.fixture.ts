import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, globSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";

const program = [
  ...globSync("/usr/lib/postgresql/*/bin/postgres").sort(
    (one, other) => versionOf(other) - versionOf(one),
  ),
  "/usr/local/pgsql/bin/postgres",
].find((path) => existsSync(path));

function versionOf(path: string): number {
  return Number(/postgresql\/(\d+)/.exec(path)?.[1] ?? 0);
}

let hasSaidSo = false;

/** Whether there is a PostgreSQL; where not, says so once, and on CI that is an error. */
export function hasPostgres(): boolean {
  if (program !== undefined) return true;
  const reason = "the Debian package postgresql is not installed";
  if (process.env.CI) throw new Error(reason);
  if (!hasSaidSo) process.stderr.write(`skipped, ${reason}\n`);
  hasSaidSo = true;
  return false;
}

/** It refuses to run as root, so root starts it as the user whom the package made. */
function owner(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (flag: string) =>
    Number(spawnSync("id", [flag, "postgres"], { encoding: "utf8" }).stdout);
  return { uid: idOf("-u"), gid: idOf("-g") };
}

/** `folder`: where its socket is. The schema and the database must be there. */
export function urlOf(folder: string, schema = "public", database = "postgres"): string {
  const url = new URL(`postgres://firebreak@localhost/${database}`);
  url.searchParams.set("host", folder);
  url.searchParams.set("options", `-c search_path=${schema}`);
  // libpq, which `pg_dump` uses, takes a plus sign for one.
  return url.href.replaceAll("+", "%20");
}

/** Runs SQL as the superuser. */
export async function queryAt<Row>(folder: string, text: string): Promise<Row[]> {
  const client = new Client({ connectionString: urlOf(folder) });
  await client.connect();
  try {
    return (await client.query(text)).rows as Row[];
  } finally {
    await client.end();
  }
}

/** What `pg_dump` writes of one schema, where `url` leads. */
export function dumpAt(url: string, schema: string): string {
  const { stdout, stderr, status } = spawnSync(
    join(dirname(program ?? ""), "pg_dump"),
    ["--schema", schema, url],
    { encoding: "utf8", maxBuffer: 1 << 30 },
  );
  if (status !== 0) throw new Error(`pg_dump: ${stderr}`);
  return stdout;
}

const quick = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];

/**
 * A PostgreSQL of its own in a temporary folder, reachable through a socket in there and nothing else, and ended with
 * this process however that dies. Sorts text as English does, so that whoever counts on byte order is found out.
 */
export class PostgresServer {
  readonly folder: string;
  readonly #settings: readonly string[];
  #process: ChildProcess | undefined;

  private constructor(folder: string, settings: readonly string[]) {
    this.folder = folder;
    this.#settings = settings;
  }

  /** `isDurable`: with fsync, for tests that kill it. */
  static async start({ isDurable = false } = {}): Promise<PostgresServer> {
    const folder = mkdtempSync(join(tmpdir(), "firebreak-postgres-"));
    const user = owner();
    if (user) chownSync(folder, user.uid, user.gid);
    const locale = ["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US"];
    const options = ["--auth=trust", "--username=firebreak", "--encoding=UTF8", "--no-sync"];
    const made = spawnSync(
      join(dirname(program ?? ""), "initdb"),
      ["-D", join(folder, "data"), ...options, ...locale],
      { ...user, encoding: "utf8" },
    );
    if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);
    const server = new PostgresServer(folder, isDurable ? [] : quick);
    await server.restart();
    return server;
  }

  url(schema?: string): string {
    return urlOf(this.folder, schema);
  }

  async restart(): Promise<void> {
    const user = owner();
    const settings = [
      "listen_addresses=",
      `unix_socket_directories=${this.folder}`,
      "max_connections=200",
      "shared_buffers=64MB",
      "max_locks_per_transaction=512",
      ...this.#settings,
    ].flatMap((setting) => ["-c", setting]);
    const who = user ? [`--reuid=${user.uid}`, `--regid=${user.gid}`, "--init-groups"] : [];
    const server = [program ?? "", "-D", join(this.folder, "data"), ...settings];
    const endMs = performance.now() + 60_000;
    for (;;) {
      const child = spawn("setpriv", ["--pdeathsig=KILL", ...who, ...server], { stdio: "ignore" });
      this.#process = child;
      while (child.exitCode === null && child.signalCode === null) {
        if (await this.#answers()) return;
        if (performance.now() > endMs) throw new Error("PostgreSQL does not answer");
        await sleep(20);
      }
      // Killed before, it leaves children that still hold its memory for a moment.
      if (performance.now() > endMs) throw new Error("PostgreSQL does not start");
      await sleep(100);
    }
  }

  async #answers(): Promise<boolean> {
    const client = new Client({ connectionString: this.url() });
    client.on("error", () => undefined);
    return client.connect().then(
      () => client.end().then(() => true),
      () => false,
    );
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
    await sleep(50);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}
