import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, resolve } from "node:path";

/**
 * `npm run socketcan`: installs and compiles the optional package socketcan with the project's own Node. A plain
 * `npm ci` does so by itself where npm runs on Node 22 or newer and a compiler is there; on an older one npm leaves the
 * package out, and without a compiler too.
 */
const root = resolve(import.meta.dirname, "..");
const folder = resolve(root, "node_modules/socketcan");
// The project's Node stands first, so that npm and the compiler's scripts run on it.
const path = [dirname(process.execPath), process.env.PATH].join(delimiter);

function npm(...args: string[]): void {
  // The package speaks Node-API, the same in every version: the headers of the host's Node do where none can be fetched.
  const isDone = runNpm(args) || hostHeaders().some((nodedir) => runNpm(args, { nodedir }));
  if (!isDone)
    throw new Error(
      "It did not install. It needs a C++ compiler: apt-get install g++ make python3. Without it, read the bus over a serial adapter (kind: slcan).",
    );
}

function runNpm(args: readonly string[], { nodedir }: { nodedir?: string } = {}): boolean {
  const run = spawnSync(process.execPath, [npmCli(), ...args], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, PATH: path, ...(nodedir ? { npm_config_nodedir: nodedir } : {}) },
  });
  return run.status === 0;
}

/** Folders above `include/node`, of each Node on the path. */
function hostHeaders(): string[] {
  const folders = (process.env.PATH ?? "").split(delimiter).map((bin) => resolve(bin, ".."));
  return folders.filter((folder) => existsSync(resolve(folder, "include/node/node_api.h")));
}

/** The one that runs this script, or that of the host. */
function npmCli(): string {
  const own = process.env.npm_execpath;
  if (own !== undefined && existsSync(own)) return own;
  const found = spawnSync("sh", ["-c", 'readlink -f "$(command -v npm)"'], { encoding: "utf8" });
  return found.stdout.trim();
}

function wantedVersion(): string {
  const gateway = JSON.parse(readFileSync(resolve(root, "gateway/package.json"), "utf8")) as {
    optionalDependencies: { socketcan: string };
  };
  return gateway.optionalDependencies.socketcan;
}

if (process.platform !== "linux") throw new Error("SocketCAN is a part of Linux.");
if (!existsSync(folder)) npm("install", "--no-save", `socketcan@${wantedVersion()}`);
if (!existsSync(resolve(folder, "build/Release/can.node"))) npm("rebuild", "socketcan");
createRequire(import.meta.url)("socketcan");
process.stdout.write("socketcan is installed and loads.\n");
