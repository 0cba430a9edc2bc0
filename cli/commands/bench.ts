import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Command } from "commander";

/** `firebreak bench`: a process of its own, so that nothing of the command line weighs on what is measured. */
export function create(): Command {
  return new Command("bench")
    .argument("[names...]", "which benchmarks; all when none is named")
    .option("--json", "print JSON instead of a table")
    .action((names: string[], { json }: { json?: boolean }) => {
      const script = fileURLToPath(new URL("../../bench/run.ts", import.meta.url));
      if (!existsSync(script)) {
        process.stderr.write(
          "The benchmarks are part of the source tree and not of this installation.\n",
        );
        process.exitCode = 1;
        return;
      }
      const args = [script, ...names, ...(json ? ["--json"] : [])];
      process.exitCode = spawnSync(process.execPath, args, { stdio: "inherit" }).status ?? 1;
    });
}
