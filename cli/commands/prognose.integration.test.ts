import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { madeHistories } from "@firebreak/rules/prognosis/remaining-life/run-to-failure.fixture.ts";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { prognoseAside } from "./prognose/prognose-aside.ts";

const program = fileURLToPath(new URL("../bin/firebreak.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "firebreak-prognose-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const out = at("out");
beforeEach(() => rmSync(out, { force: true }));

function firebreak(...args: string[]) {
  const { stderr, status } = spawnSync(process.execPath, [program, ...args], { encoding: "utf8" });
  return { stderr, status };
}

function file(name: string, content: string | Buffer): string {
  writeFileSync(at(name), content);
  return at(name);
}

function csvOf(histories: ReturnType<typeof madeHistories>, order: readonly number[]): string {
  const head = ["machine", ...order.map((signal) => `s${signal}`), "hour"].join(";");
  const rows = histories.flatMap(({ unit, cycles, signals }) =>
    [...cycles].map((cycle, row) =>
      [unit, ...order.map((signal) => signals[signal]?.[row]), cycle].join(";"),
    ),
  );
  return [head, ...rows].join("\n");
}

const lives = madeHistories({ units: 5, seed: 1 });
const running = madeHistories({ units: 3, seed: 2, cutUpTo: 60 });
const order = [0, 1, 2, 3, 4, 5];
const prognose = (train: string, test: string, ...rest: string[]) =>
  firebreak(
    "prognose",
    "--train",
    train,
    "--test",
    test,
    "--unit",
    "machine",
    "--cycle",
    "hour",
    "--out",
    out,
    ...rest,
  );

describe("firebreak prognose", () => {
  test("answers for every unit, whatever the order of columns", () => {
    const train = file("train.csv", csvOf(lives, order));
    const partial = file(
      "partial.csv.gz",
      gzipSync(csvOf(running, [...order].reverse()).replaceAll(";", ",")),
    );
    expect(prognose(train, partial, "--seed", "3")).toEqual({ stderr: "", status: 0 });
    const [head, ...rows] = readFileSync(out, "utf8").trim().split("\n");
    expect(head).toBe("unit,rul,lo,hi");
    expect(rows.map((row) => row.split(",")[0])).toEqual(running.map(({ unit }) => unit));
    for (const row of rows) {
      const [rul = NaN, lo = NaN, hi = NaN] = row.split(",").slice(1).map(Number);
      expect(0 <= lo && lo <= rul && rul <= hi).toBe(true);
    }
  });

  test("tells mistakes of both files at once and writes nothing", () => {
    const train = file("bad-train.csv", "machine,hour,s1\na,1,x\n,2,4\n");
    const partial = file("bad-partial.csv", "machine,hour,s2\nb,1,y\nb,1,3\n");
    const { stderr, status } = prognose(train, partial);
    expect(status).toBe(1);
    expect(stderr.replaceAll(`${folder}/`, "")).toBe(
      [
        "firebreak prognose: 5 mistakes in the input",
        "bad-train.csv:2:5: s1: “x” is no number",
        "bad-train.csv:3:1: no machine: the cell is empty",
        "bad-partial.csv:2:5: s2: “y” is no number",
        "bad-train.csv:1:1: there is no column “s2”, which bad-partial.csv has",
        "bad-partial.csv:1:1: there is no column “s1”, which bad-train.csv has",
        "",
      ].join("\n"),
    );
    expect(existsSync(out)).toBe(false);
  });

  test("tells of a file that is damaged and of one that is not there together", () => {
    const whole = gzipSync(csvOf(lives, order));
    const cut = file("cut.csv.gz", whole.subarray(0, whole.length - 100));
    const { stderr, status } = prognose(cut, at("none.csv"));
    expect(status).toBe(1);
    expect(stderr).toContain("2 mistakes in the input");
    expect(stderr).toMatch(/cut\.csv\.gz:\d+: the gzip file is damaged from here on/);
    expect(stderr).toContain("none.csv: there is no such file");
  });

  test("learns aside: its caller goes on meanwhile", async () => {
    const train = file("aside.csv", csvOf(lives, order));
    let turns = 0;
    const turning = setInterval(() => turns++, 1);
    const shares: number[] = [];
    const request = { train, test: train, unit: "machine", cycle: "hour", seed: 1 };
    const answers = await prognoseAside(request, (share) => shares.push(share));
    clearInterval(turning);
    expect(answers.map(({ unit }) => unit)).toEqual(lives.map(({ unit }) => unit));
    expect(shares.at(-1)).toBe(1);
    expect(turns).toBeGreaterThan(20);
  });

  test("refuses a cycle that a unit has twice, and too few histories", () => {
    const train = file("twice.csv", "machine,hour,s1\na,1,2\na,1,3\nb,1,2\n");
    const { stderr, status } = prognose(train, train);
    expect(status).toBe(1);
    expect(stderr).toContain("twice.csv:3:1: unit “a” has hour 1 on line 2 already");
    expect(stderr).toContain("2 histories; at least 3 are needed");
  });

  test.each([
    { name: "a missing option", args: ["prognose", "--train", "a"] },
    {
      name: "a seed that is none",
      args: [
        "prognose",
        "--train",
        "a",
        "--test",
        "b",
        "--unit",
        "u",
        "--cycle",
        "c",
        "--out",
        "o",
        "--seed",
        "x",
      ],
    },
    {
      name: "one column for two things",
      args: [
        "prognose",
        "--train",
        "a",
        "--test",
        "b",
        "--unit",
        "u",
        "--cycle",
        "u",
        "--out",
        "o",
      ],
    },
    { name: "an option that is none", args: ["trend", "--in", "a", "--out", "b", "--fast"] },
  ])("ends with 2 for $name", ({ args }) => {
    expect(firebreak(...args).status).toBe(2);
  });
});

describe("firebreak trend", () => {
  const task = (id: string | number, rate: number) => ({
    id,
    values: Array.from(
      { length: 90 },
      (_, cycle) => 5 + Math.exp((cycle - 90) * rate) + 0.02 * Math.sin(cycle * 9),
    ),
    limit: 7,
    direction: "up",
    horizon: 60,
  });

  test("answers every task in order", () => {
    const lines = [task("rising", 0.05), task(7, 0)].map((line) => JSON.stringify(line));
    const tasks = file("tasks.jsonl.gz", gzipSync(`${lines.join("\n")}\n`));
    expect(firebreak("trend", "--in", tasks, "--out", out)).toEqual({ stderr: "", status: 0 });
    const [rising, flat] = readFileSync(out, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(rising).toMatchObject({ id: "rising" });
    // exp(0.05 t) doubles in 13.9 cycles.
    expect(Math.abs(rising.eta - 13.9)).toBeLessThan(4);
    expect(flat).toEqual({ id: 7, eta: null, lo: null, hi: null });
  });

  test("tells mistakes by line and column and writes nothing", () => {
    const text = `${JSON.stringify(task("a", 0))}\nno\n\n{"id":"a"}\n${JSON.stringify(task("a", 0))}\n`;
    const { stderr, status } = firebreak("trend", "--in", file("bad.jsonl", text), "--out", out);
    expect(status).toBe(1);
    expect(stderr).toMatch(/bad\.jsonl:2:\d+: this is no JSON/);
    expect(stderr).toContain("bad.jsonl:4:1: values: is missing");
    expect(stderr).toContain("bad.jsonl:5:1: id: “a” came before");
    expect(existsSync(out)).toBe(false);
  });

  test.each([
    { name: "an empty file", content: "", message: "the file is empty" },
    {
      name: "a damaged file",
      content: gzipSync(JSON.stringify(task("a", 0)).repeat(50)).subarray(0, 300),
      message: "the gzip file is damaged",
    },
  ])("refuses $name", ({ content, message }) => {
    const { stderr, status } = firebreak("trend", "--in", file("odd.jsonl", content), "--out", out);
    expect(status).toBe(1);
    expect(stderr).toContain(message);
  });
});
