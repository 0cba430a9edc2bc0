import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");

/** Starts a machine whose kernel has CAN; it lies beside the clone. */
export const machineStarter = resolve(root, "../shared/tools/vcan-vm.sh");

/** Of Debian: what the machine is made of, and what compiles `socketcan`. */
export const machinePackages = [
  "qemu-system-x86",
  "busybox-static",
  "cpio",
  "kmod",
  "can-utils",
  "g++",
  "make",
  "python3",
];

/** Why there can be no machine with CAN here; undefined if there can, once it is prepared. */
export function obstacleToPreparing(): string | undefined {
  if (process.platform !== "linux" || process.arch !== "x64") return "this is no Linux on x64";
  if (!existsSync(machineStarter)) return "../shared/tools/vcan-vm.sh is absent";
  return undefined;
}

/**
 * Gets what the tests in a machine with CAN need: the optional package `socketcan`, which npm leaves out under Node 20
 * and compiles nowhere without a compiler, and the machine's kernel. Never fails: these tests say themselves why they
 * skip (and fail when `CI` is set).
 */
export function prepareMachine(): void {
  if (obstacleToPreparing() !== undefined) return;
  const build = [process.execPath, resolve(root, "cli/install-socketcan.ts")];
  for (const [command = "", ...args] of [build, [machineStarter, "--setup"]]) {
    const run = spawnSync(command, args, { cwd: root, encoding: "utf8", timeout: 600_000 });
    if (run.status !== 0)
      process.stdout.write(`${args.join(" ")}: ${run.stderr.trim().slice(-2_000)}\n`);
  }
}
