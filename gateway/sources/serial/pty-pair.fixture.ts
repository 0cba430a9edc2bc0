import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Two ends of one serial line without hardware: what goes in at one comes out at the other. */
export interface PtyPair {
  readonly here: string;
  readonly there: string;
  /** Pulls the plug: both ends vanish. */
  pull(): Promise<void>;
}

/** Whether pseudo terminals can be paired here; says why not, once, and fails when `CI` is set. */
export function hasPtyPairs(): boolean {
  if (spawnSync("socat", ["-V"]).status === 0) return true;
  if (process.env.CI) throw new Error("socat is missing; CI must run the tests of serial lines");
  process.stdout.write("Skipped: tests of serial lines need socat (apt-get install socat)\n");
  return false;
}

export async function openPtyPair(): Promise<PtyPair> {
  const folder = mkdtempSync(join(tmpdir(), "firebreak-pty-"));
  const [here, there] = [join(folder, "here"), join(folder, "there")];
  const end = (link: string) => `pty,raw,echo=0,link=${link}`;
  const socat: ChildProcess = spawn("socat", [end(here), end(there)], { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => socat.once("exit", () => resolve()));
  const deadlineMs = performance.now() + 30_000;
  while (!existsSync(here) || !existsSync(there)) {
    if (socat.exitCode !== null || performance.now() > deadlineMs)
      throw new Error("socat made no pair of pseudo terminals");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return {
    here,
    there,
    async pull() {
      socat.kill("SIGKILL");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
