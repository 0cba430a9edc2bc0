import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, expect, test } from "vitest";
import { machineMode } from "./machine-mode.ts";

const folder = mkdtempSync(join(tmpdir(), "firebreak-machine-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(out: string): Promise<void> {
  const command = new Command();
  for (const option of machineMode.options) command.addOption(option);
  command.parse(["--machine", "loader-tractor", "--out", out], { from: "user" });
  await machineMode.run(command);
}

test.skipIf(!existsSync("/dev/full"))(
  "a disk that is full leaves no truth of another run beside what was written",
  async () => {
    const out = join(folder, "run.csv");
    const truth = `${out}.truth.json`;
    symlinkSync("/dev/full", out);
    writeFileSync(truth, "of an earlier run");
    await expect(run(out)).rejects.toMatchObject({ code: "ENOSPC" });
    expect(existsSync(truth)).toBe(false);
    rmSync(out);
    await run(out);
    expect(JSON.parse(readFileSync(truth, "utf8"))).toMatchObject({ seed: 1 });
  },
);
