import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";

/** Debian's own interpreter: another Python may come first on PATH without the package. */
const python = "/usr/bin/python3";

function isThere(command: string, args: readonly string[], hint: string): boolean {
  const { error, status } = spawnSync(command, args);
  // mbpoll ends with 1 after its help.
  if (error === undefined && (status === 0 || command === "mbpoll")) return true;
  if (process.env.CI) throw new Error(`${hint} is missing; CI must run its tests`);
  process.stdout.write(`Skipped: tests of simulated devices need ${hint} (apt-get install)\n`);
  return false;
}

export const hasMbpoll = (): boolean => isThere("mbpoll", ["-h"], "mbpoll");
export const hasSocat = (): boolean => isThere("socat", ["-V"], "socat");
export const hasPymodbus = (): boolean =>
  isThere(python, ["-c", "import pymodbus, serial"], "python3-pymodbus and python3-serial");

/** What a command prints, whatever it ends with. The devices live in this process, so it must not wait for it. */
export function outputOf(command: string, args: readonly string[], input = ""): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    let output = "";
    child.stdout.on("data", (bytes: Buffer) => {
      output += bytes.toString();
    });
    child.once("error", reject);
    child.once("close", () => resolve(output));
    child.stdin.end(input);
  });
}

/** Unit, function code, address, count. */
export type Read = readonly [number, number, number, number];

/** What pymodbus gets for each read: its registers or bits, or why not. */
export async function readByPymodbus(
  where: { readonly host: string; readonly port: number } | { readonly path: string },
  reads: readonly Read[],
): Promise<unknown> {
  const script = join(import.meta.dirname, "pymodbus-client.py");
  const text = await outputOf(python, [script], `${JSON.stringify({ ...where, reads })}\n`);
  return JSON.parse(text);
}
