import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { build } from "vite";

const root = resolve(import.meta.dirname, "..");
const starter = resolve(root, "../shared/tools/vcan-vm.sh");
/** Below `node_modules`, so that a bundle finds the packages that stay outside of it. */
const bundles = join(root, "node_modules/.cache/firebreak-machine");
/** With binaries of their own. */
const notBundled = ["socketcan", "serialport", "@serialport/bindings-cpp"];

/** The project's own Node, as a word for the shell of a machine. */
export const machineNode = `${process.execPath} --disable-warning=ExperimentalWarning`;

/** Why there can be no machine with CAN here; undefined if there can. On CI that is an error. */
export function obstacleToMachine(): string | undefined {
  const reason = obstacle();
  if (reason === undefined) return undefined;
  if (process.env.CI) throw new Error(`CI must run the tests in a machine with CAN: ${reason}`);
  process.stdout.write(`Skipped: tests in a machine with CAN, ${reason}\n`);
  return reason;
}

function obstacle(): string | undefined {
  if (process.platform !== "linux" || process.arch !== "x64") return "this is no Linux on x64";
  if (!existsSync(starter)) return "../shared/tools/vcan-vm.sh is absent";
  if (!existsSync(join(root, "node_modules/socketcan/build/Release/can.node")))
    return "the optional package socketcan is not built (npm run socketcan)";
  const setup = spawnSync(starter, ["--setup"], { encoding: "utf8", timeout: 300_000 });
  return setup.status === 0 ? undefined : `no virtual machine: ${setup.stderr.trim()}`;
}

/**
 * One file of a program and all it imports. An emulated processor needs half a minute to find and strip a thousand
 * files through the shared file system, and two seconds for one.
 */
export async function bundle(name: string, program: string): Promise<string> {
  await build({
    root,
    configFile: false,
    logLevel: "error",
    ssr: { noExternal: true, external: notBundled },
    build: {
      ssr: join(root, program),
      outDir: join(bundles, name),
      emptyOutDir: true,
      target: "node24",
      rolldownOptions: { output: { entryFileNames: "main.mjs", codeSplitting: false } },
    },
  });
  return join(bundles, name, "main.mjs");
}

export interface MachineOptions {
  /** Of `vcan-vm.sh`, such as `--net`. */
  readonly options: readonly string[];
  /** Line for bash, run as root in the project's folder. */
  readonly command: string;
  readonly onLine?: (line: string) => void;
}

export interface MachineEnd {
  /** Of the command; 137 after a power cut, 124 when its time was up. */
  readonly code: number | null;
  readonly stderr: string;
  /** From the start to the command, and to the end, ms. */
  readonly bootMs: number;
  readonly totalMs: number;
}

/** A machine of its own with a kernel that has CAN, emulated; it sees the files of this one and changes none. */
export class Machine {
  readonly ended: Promise<MachineEnd>;
  readonly #child: ChildProcess;

  constructor({ options, command, onLine }: MachineOptions) {
    const child = spawn(starter, ["-v", ...options, "--", "bash", "-c", command], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    const lines = createInterface({ input: child.stdout });
    if (onLine) lines.on("line", onLine);
    this.ended = new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => {
        const [, boot, total] = /boot-to-command (\d+) ms, total (\d+) ms/.exec(stderr) ?? [];
        resolve({ code, stderr, bootMs: Number(boot), totalMs: Number(total) });
      });
    });
  }

  /** Ends it as its starter is told to end: with everything in it. */
  async stop(): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.ended;
  }
}
