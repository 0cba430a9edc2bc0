import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Why no small disk can be had here; undefined where it can. Where CI is set the reason is an error. */
export function noSmallDisk(): string | undefined {
  const reason = tryMount();
  if (reason === undefined) return undefined;
  if (process.env.CI) throw new Error(`small disks are needed in CI: ${reason}`);
  process.stdout.write(`tests on a small disk skipped: ${reason}\n`);
  return reason;
}

export interface SmallDisk extends Disposable {
  readonly path: string;
  /** From now on it takes nothing, or takes everything again. */
  setReadOnly(isReadOnly: boolean): void;
}

/** A file system of its own in memory; `size` as mount(8) has it. */
export function mountSmallDisk(size: string): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), "firebreak-disk-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", path], { stdio: "pipe" });
  return {
    path,
    setReadOnly(isReadOnly) {
      execFileSync("mount", ["-o", `remount,${isReadOnly ? "ro" : "rw"}`, path], { stdio: "pipe" });
    },
    [Symbol.dispose]() {
      execFileSync("umount", ["-l", path]);
      rmSync(path, { recursive: true, force: true });
    },
  };
}

function tryMount(): string | undefined {
  if (process.getuid?.() !== 0) return "mounting a tmpfs needs root";
  try {
    mountSmallDisk("1m")[Symbol.dispose]();
    return undefined;
  } catch {
    return "this system does not let us mount a tmpfs";
  }
}
