import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Position } from "./registers/decode-register.ts";

/** Debian's own interpreter: another Python may come first on PATH without the package. */
const python = "/usr/bin/python3";
const script = join(import.meta.dirname, "pymodbus-peer.py");

/** A register of the peer; `raw` is encoded by Python. */
export interface PeerRegister extends Pick<Position, "table" | "address" | "type"> {
  readonly wordOrder?: Position["wordOrder"];
  readonly raw: number;
}

export type PeerUnits = Readonly<Record<number, readonly PeerRegister[]>>;

/** Whether pymodbus is here; says why not, once, and fails when `CI` is set. */
export function hasPymodbus(): boolean {
  const probe = "import pymodbus, serial_asyncio";
  if (spawnSync(python, ["-c", probe]).status === 0) return true;
  if (process.env.CI) throw new Error("python3-pymodbus is missing; CI must run its tests");
  process.stdout.write(
    "Skipped: tests against pymodbus need python3-pymodbus and python3-serial-asyncio\n",
  );
  return false;
}

/** Starts a server on a serial port, or on TCP when `port` is absent; units that are not named stay silent. */
export async function startPymodbus(
  units: PeerUnits,
  port?: string,
): Promise<{ readonly tcpPort: number; stop(): Promise<void> }> {
  const child = spawn(python, [script], { stdio: ["pipe", "pipe", "pipe"] });
  let complaints = "";
  child.stderr.on("data", (bytes: Buffer) => {
    complaints += bytes.toString();
  });
  const ended = once(child, "exit");
  child.stdin.on("error", () => {});
  child.stdin.end(`${JSON.stringify({ units, ...(port === undefined ? {} : { port }) })}\n`);
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([once(lines, "line"), ended.then(() => [""])]);
  const [word, tcpPort] = String(first[0]).split(" ");
  if (word !== "ready") throw new Error(`pymodbus did not start: ${complaints}`);
  return {
    tcpPort: Number(tcpPort),
    async stop() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
