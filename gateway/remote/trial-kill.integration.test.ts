import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readState } from "./state-file.ts";
import { inForce } from "./trial.ts";

const folder = mkdtempSync(join(tmpdir(), "firebreak-trial-"));
afterAll(() => rmSync(folder, { recursive: true }));
const rounds = process.env.FIREBREAK_SOAK ? 300 : 6;
const program = join(import.meta.dirname, "trial-child.fixture.ts");

/** Runs trials until it is killed; the last that it said was on disk. */
function runAndKill(path: string, afterMs: number): Promise<number> {
  const child = spawn(process.execPath, [program, path], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  return new Promise((resolve) => {
    child.stdout.on("data", (piece) => {
      if (said === "") setTimeout(() => child.kill("SIGKILL"), afterMs);
      said = `${said}${piece}`.slice(-1_000);
    });
    child.on("close", () => {
      const lines = said.split("\n").slice(0, -1);
      resolve(Number(lines.at(-1)?.split(" ")[0] ?? 0));
    });
  });
}

test(`B1: kill -9 at any instant of a trial leaves a whole state, ${rounds} times`, {
  timeout: 120_000 + rounds * 2_000,
}, async () => {
  const path = join(folder, "gateway.yaml.remote.json");
  for (let round = 0; round < rounds; round++) {
    const last = await runAndKill(path, Math.random() * 60);
    const { state, isDamaged } = readState(path);
    expect(isDamaged).toBe(false);
    const newest = state.newest?.version ?? 0;
    // What was said to be on disk is there, and at most the next one was under way.
    expect(newest).toBeGreaterThanOrEqual(last);
    expect(newest).toBeLessThanOrEqual(last + 1);
    expect(state.newest?.state === "trying").toBe(state.trial !== null);
    expect(inForce(state)?.version ?? 0).toBeLessThanOrEqual(newest);
    if (state.confirmed) expect(state.confirmed.version % 2).toBe(0);
  }
});
