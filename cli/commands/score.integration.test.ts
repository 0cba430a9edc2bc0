import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";

const program = fileURLToPath(new URL("../bin/firebreak.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "firebreak-score-"));
afterAll(() => rmSync(folder, { recursive: true }));

function score(...rest: string[]) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, "score", ...rest], {
    encoding: "utf8",
  });
  return { stdout, stderr, status };
}

function file(name: string, text: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const out = join(folder, "scores.csv");
const stamp = (row: number) => new Date(Date.UTC(2024, 0, 1, 0, row)).toISOString();
const wave = (row: number) => 10 + 3 * Math.sin(row / 5) + Math.sin(row * 7.1);
const rowsWithSpike = Array.from({ length: 600 }, (_, row) => (row === 500 ? 60 : wave(row)));
const series = `time,value\n${rowsWithSpike.map((value, row) => `${stamp(row)},${value}`).join("\n")}\n`;

describe("firebreak score", () => {
  test("writes a line per row, with novelty at the onset and a score that lasts", () => {
    const { stdout, stderr, status } = score("--in", file("spike.csv", series), "--out", out);
    expect([stdout, stderr, status]).toEqual(["", "", 0]);
    const lines = readFileSync(out, "utf8").trim().split("\n");
    expect(lines[0]).toBe("row,novelty,score,alarm");
    expect(lines.length).toBe(601);
    const at = (row: number) => (lines[row + 1] ?? "").split(",").map(Number);
    expect(at(499)[3]).toBe(0);
    expect(at(499)[2]).toBeLessThan(0.1);
    expect(at(500)[1]).toBeGreaterThan(1);
    expect(at(500)[3]).toBe(1);
    expect(at(520)[2]).toBeGreaterThan(0.5);
    expect(at(520)[1]).toBe(0);
  });

  test("says what it read otherwise than it may have been meant", () => {
    const odd = ["time;a", "2024-01-01;1", "2024-01-03;", "2024-01-02;2", "", "2024-01-02;NaN"];
    const { stdout, stderr, status } = score("--in", file("odd.csv", odd.join("\n")), "--out", "-");
    expect(stdout.trim().split("\n").length).toBe(5);
    expect(stderr).toMatch(/values missing, and not judged: 2\./);
    expect(stderr).toMatch(/unknown: 1, first in line 4\./);
    expect(stderr).toMatch(/all the same: 1\./);
    expect(stderr).toMatch(/all 4 rows only teach \(100 are needed\)/);
    expect(status).toBe(0);
  });

  test("says once which values it passed over because no sensor gives them", () => {
    const rows = ["a", "1", "1e150", "2", "-1e200", "3"];
    const { stderr, status } = score("--in", file("far.csv", rows.join("\n")), "--out", "-");
    expect(stderr).toContain(
      "far.csv: values beyond 1e100, which no sensor gives, not judged: 2, first in line 3.\n",
    );
    expect(status).toBe(0);
  });

  const two = "t,a,b\n2024-01-01,1,2\n2024-01-02,2,3\n";

  test("refuses what is no series with line and column, and writes nothing", () => {
    rmSync(out, { force: true });
    const { stderr, status } = score(
      "--in",
      file("bad.csv", `${series}2025-01-01,warm\n`),
      "--out",
      out,
    );
    expect(stderr).toMatch(/bad\.csv, line 602, column 2 \("value"\): "warm" is no number/);
    expect(status).toBe(1);
    expect(existsSync(out)).toBe(false);
  });

  test.each([
    { name: "no --signals for two columns", rest: [], says: /--signals a,b/, status: 2 },
    {
      name: "a column that is not there",
      rest: ["--signals", "a,c"],
      says: /no column "c"/,
      status: 2,
    },
    { name: "too few rows to learn", rest: ["--train-rows", "3"], says: /at least 40/, status: 2 },
  ])("ends on $name", ({ rest, says, status }) => {
    const result = score("--in", file("two.csv", two), ...rest, "--out", out);
    expect(result.stderr).toMatch(says);
    expect(result.status).toBe(status);
  });

  test("takes a name with a comma in quotes", () => {
    const quoted = file("quoted.csv", `"a, b",c "d"\n${"1,2\n".repeat(5)}`);
    const { stderr, status } = score("--in", quoted, "--signals", '"a, b",c "d"', "--out", "-");
    expect(stderr).toMatch(/all 5 rows only teach/);
    expect(status).toBe(0);
  });

  test("does not write over what it reads", () => {
    const path = file("two.csv", two);
    const { stderr, status } = score(
      "--in",
      path,
      "--out",
      `${folder}/./two.csv`,
      "--signals",
      "a",
    );
    expect(stderr).toMatch(/the same file/);
    expect(status).toBe(2);
    expect(readFileSync(path, "utf8")).toBe(two);
  });

  test("explains itself", () => {
    const { stdout, status } = score("--help");
    expect(stdout).toMatch(/--train-rows[\s\S]*Exit codes/);
    expect(status).toBe(0);
  });
});
