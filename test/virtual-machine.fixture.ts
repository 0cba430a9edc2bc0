import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { build } from "vite";
import { machineStarter, obstacleToPreparing } from "./prepare-machine.ts";

const root = resolve(import.meta.dirname, "..");
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
  const reason = obstacleToPreparing();
  if (reason !== undefined) return reason;
  if (!existsSync(join(root, "node_modules/socketcan/build/Release/can.node")))
    return "the optional package socketcan is not built (npm run socketcan)";
  const setup = spawnSync(machineStarter, ["--setup"], { encoding: "utf8", timeout: 300_000 });
  return setup.status === 0 ? undefined : `no virtual machine: ${setup.stderr.trim()}`;
}

/**
 * One file of a program and all it imports, and one of each program that it starts, named in it as `./<name>.ts`. An
 * emulated processor needs half a minute to find and strip a thousand files through the shared file system, and two
 * seconds for one.
 */
export async function bundle(
  name: string,
  program: string,
  others: readonly string[] = [],
): Promise<string> {
  const outDir = join(bundles, name);
  mkdirSync(outDir, { recursive: true });
  // What the gateway says of its release.
  copyFileSync(join(root, "gateway/package.json"), join(outDir, "package.json"));
  for (const one of others) await bundleOne(one, `${basename(one, ".ts")}.mjs`, outDir, others);
  await bundleOne(program, "main.mjs", outDir, others);
  return join(outDir, "main.mjs");
}

async function bundleOne(
  program: string,
  entryFileNames: string,
  outDir: string,
  others: readonly string[],
): Promise<void> {
  const names = others.map((one) => basename(one, ".ts"));
  await build({
    root,
    configFile: false,
    logLevel: "error",
    ssr: { noExternal: true, external: notBundled },
    plugins: [
      {
        name: "started-programs",
        transform: (code) =>
          names.reduce((text, one) => text.replaceAll(`"./${one}.ts"`, `"./${one}.mjs"`), code),
      },
    ],
    build: {
      ssr: join(root, program),
      outDir,
      emptyOutDir: false,
      target: "node24",
      minify: true,
      rolldownOptions: { output: { entryFileNames, codeSplitting: false } },
    },
  });
}

export interface MachineOptions {
  /** Of `vcan-vm.sh`, such as `--net`. */
  readonly options: readonly string[];
  /** Line for bash, run as root in the project's folder. */
  readonly command: string;
  readonly onLine?: (line: string) => void;
}

export interface MachineEnd {
  /** Of the command; 143 when it was stopped, 124 when its time was up. */
  readonly code: number | null;
  readonly stderr: string;
  /** From the start to the command, and to the end, ms. */
  readonly bootMs: number | undefined;
  readonly totalMs: number;
}

/** A machine of its own with a kernel that has CAN, emulated; it sees the files of this one and changes none. */
export class Machine {
  readonly ended: Promise<MachineEnd>;
  readonly #child: ChildProcess;

  constructor({ options, command, onLine }: MachineOptions) {
    const startMs = performance.now();
    const passedMs = () => Math.round(performance.now() - startMs);
    const child = spawn(
      machineStarter,
      [...options, "--", "bash", "-c", `echo booted\n${command}`],
      {
        cwd: root,
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    this.#child = child;
    let stderr = "";
    let bootMs: number | undefined;
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (bootMs === undefined) bootMs = passedMs();
      else onLine?.(line);
    });
    this.ended = new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve({ code, stderr, bootMs, totalMs: passedMs() }));
    });
  }

  /** Cuts its power: its starter, told to end, kills the emulator with -9. */
  async stop(): Promise<MachineEnd> {
    this.#child.kill("SIGTERM");
    return await this.ended;
  }
}
