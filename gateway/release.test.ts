import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { release } from "./release.ts";

const longestMs = 92 * 24 * 3_600_000;

function newestCommitMs(): number | undefined {
  try {
    const text = execFileSync("git", ["log", "-1", "--format=%ct"], {
      cwd: import.meta.dirname,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return Number(text) * 1_000;
  } catch {
    return undefined; // an unpacked archive
  }
}

test("the day of release moves on with the work: times before it are refused as impossible", () => {
  expect(release.version).toMatch(/^\d+\.\d+\.\d+$/);
  const newestMs = newestCommitMs() ?? release.madeMs;
  expect(release.madeMs).toBeLessThanOrEqual(newestMs);
  expect(newestMs - release.madeMs, "set `released` in gateway/package.json").toBeLessThan(
    longestMs,
  );
});
