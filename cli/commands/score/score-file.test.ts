import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { scoreFile } from "./score-file.ts";

const folder = mkdtempSync(join(tmpdir(), "firebreak-score-file-"));
afterAll(() => rmSync(folder, { recursive: true }));
const out = join(folder, "scores.csv");

function file(name: string, text: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const stamp = (row: number) => new Date(Date.UTC(2024, 0, 1, 0, row)).toISOString();
const wave = (row: number) => 10 + 3 * Math.sin(row / 5) + Math.sin(row * 7.1);
const rows = Array.from(
  { length: 600 },
  (_, row) => `${stamp(row)},${row === 500 ? 60 : wave(row)}`,
);
const series = `time,value\n${rows.join("\n")}\n`;

async function scoresOf(text: string | Uint8Array): Promise<string> {
  await scoreFile(file("series.csv", text), out, {});
  return readFileSync(out, "utf8");
}

describe("scoreFile", () => {
  test("reads semicolons, decimal commas, CRLF, quotes and a byte order mark as their plain sisters", async () => {
    const plain = await scoresOf(series);
    expect(plain).toMatch(/\n500,[\d.]+,0\.\d+,1\n/);
    const commas = series.replaceAll(",", ";").replaceAll(/;(\d+)\.(\d+)$/gm, ";$1,$2");
    expect(commas).toMatch(/;\d+,\d+\n/);
    expect(await scoresOf(`\ufeff${commas.replaceAll("\n", "\r\n")}`)).toBe(plain);
    expect(await scoresOf(series.replaceAll(/^([^,]+),(.*)$/gm, '"$1","$2"'))).toBe(plain);
    expect(await scoresOf(series.replaceAll(",", "\t").trimEnd())).toBe(plain);
  });

  test("judges a row without a value, and goes on with the next", async () => {
    const holes = rows.map((row, at) => (at % 50 === 7 ? row.replace(/,.*/, ",") : row));
    const scores = await scoresOf(`time,value\n${holes.join("\n")}`);
    expect(scores.trim().split("\n").length).toBe(601);
    expect(scores).toMatch(/\n500,[\d.]+,0\.\d+,1\n/);
  });

  test("counts what is odd", async () => {
    const odd = ["time;a", "2024-01-01;1", "2024-01-03;", "2024-01-02;2", "", "2024-01-02;NaN"];
    const scored = await scoreFile(file("odd.csv", odd.join("\n")), out, {});
    expect(scored).toEqual({
      rows: 4,
      learnRows: 100,
      silent: [],
      still: [],
      oddities: {
        ...{ missing: 2, absurd: 0, firstAbsurd: 0 },
        ...{ backwards: 1, firstBackwards: 4, repeated: 1 },
      },
    });
  });

  test("a value that no sensor gives counts as missing, and is told by its line", async () => {
    const text = (cell: string) =>
      `time,value\n${rows.map((row, at) => (at === 50 || at === 300 ? row.replace(/,.*/, `,${cell}`) : row)).join("\n")}\n`;
    const empty = await scoresOf(text(""));
    const { oddities } = await scoreFile(file("absurd.csv", text("-2e100")), out, {});
    expect(readFileSync(out, "utf8")).toBe(empty);
    expect(oddities).toMatchObject({ missing: 0, absurd: 2, firstAbsurd: 52 });
  });

  test("a column of nothing but such values in the rows that teach is left out by name", async () => {
    const all = `value\n${rows.map((_, at) => (at < 100 ? "1e101" : wave(at))).join("\n")}\n`;
    expect(await scoreFile(file("all-absurd.csv", all), out, {})).toMatchObject({
      silent: ["value"],
    });
  });

  test("says which column never had a value, and judges the others", async () => {
    const lines = ["a,b,c", ...rows.map((_, at) => `,${at % 7},${(at * 3) % 5}`)];
    const path = file("silent.csv", lines.join("\n"));
    const scored = await scoreFile(path, out, { signals: ["a", "b", "c"] });
    expect(scored.silent).toEqual(["a"]);
    const without = await scoreFile(path, join(folder, "two.csv"), { signals: ["b", "c"] });
    expect(without.silent).toEqual([]);
    expect(readFileSync(out, "utf8")).toMatch(/,0\.\d+,[01]\n/);
  });

  test("says which column stood still while it learned: nothing is found of it", async () => {
    const lines = [
      "a,b,c",
      ...rows.map((_, at) => `${at < 450 ? 5 : 9},${at % 7},${(at * 3) % 5}`),
    ];
    const path = file("still.csv", lines.join("\n"));
    const scored = await scoreFile(path, out, { signals: ["a", "b", "c"] });
    expect(scored.still).toEqual(["a"]);
    expect((await scoreFile(path, out, { signals: ["a"] })).still).toEqual([]);
    expect(readFileSync(out, "utf8")).toMatch(/\n450,[\d.]+,0\.\d+,1\n/);
  });

  /** Four values a day from the first of January on. */
  const dated = (dateOf: (day: number, month: number) => string, days = 150) =>
    rows.slice(0, days * 4).map((row, at) => {
      const day = new Date(Date.UTC(2024, 0, 1 + (at >> 2)));
      const date = dateOf(day.getUTCDate(), day.getUTCMonth() + 1);
      return `${date} ${(at % 4) * 6 + 1}:00${row.slice(row.indexOf(","))}`;
    });

  test("reads dates with slashes as soon as one of the file says which number is the day", async () => {
    const plain = await scoresOf(`time,value\n${dated((d, m) => `2024-${m}-${d}`).join("\n")}`);
    for (const dateOf of [
      (d: number, m: number) => `${m}/${d}/2024`,
      (d: number, m: number) => `${d}/${m}/2024`,
    ])
      expect(await scoresOf(`time,value\n${dated(dateOf).join("\n")}`)).toBe(plain);
    const byRows = `value\n${dated(() => "")
      .map((row) => row.split(",")[1])
      .join("\n")}`;
    expect(await scoresOf(byRows)).not.toBe(plain);
  });

  test("says that a column of times is not read, and refuses one that is asked for", async () => {
    const text = `when,value\n${dated((d, m) => `0${m}/${d}/2024`, 12).join("\n")}`;
    const path = file("either.csv", text);
    const { unread } = await scoreFile(path, out, {});
    expect(unread).toMatchObject({ column: "when", cell: "01/1/2024 1:00", isEither: true });
    await expect(scoreFile(path, out, { time: "when" })).rejects.toThrow(
      /column 1 \("when"\).*day/,
    );
    const words = file("words.csv", `time,value\n31-Dec-24,1\n1-Jan-25,2\n`);
    expect((await scoreFile(words, out, {})).unread).toMatchObject({ column: "time" });
    expect((await scoreFile(file("good.csv", series), out, {})).unread).toBeUndefined();
  });

  test("takes one wild time for what it is: the times below it are known", async () => {
    const wild = series.replace(stamp(300), "2099-01-01");
    const { oddities } = await scoreFile(file("wild.csv", wild), out, {});
    expect(oddities).toMatchObject({ backwards: 1, firstBackwards: 303 });
  });

  test("finds a column whose name has a separator in it", async () => {
    const named = `"t","a, b",note\n${rows.map((row) => `${row},"x, y"`).join("\n")}`;
    await scoreFile(file("named.csv", named), out, { signals: ["a, b"] });
    expect(readFileSync(out, "utf8")).toBe(await scoresOf(series));
  });

  test.each([
    { name: "an empty file", text: "", says: /is empty/ },
    { name: "a file of blank lines", text: "\n\r\n \n", says: /is empty/ },
    { name: "a head line alone", text: "time,value\n", says: /no rows/ },
    {
      name: "a word among numbers",
      text: `${series}2025-01-01,warm\n`,
      says: /line 602, column 2 \("value"\): "warm" is no number/,
    },
    {
      name: "a word in an early row",
      text: series.replace(",10\n", ",warm\n"),
      says: /line 2, column 2 \("value"\): "warm" is no number/,
    },
    {
      name: "a number too large",
      text: `${series}2025-01-01,1e999\n`,
      says: /line 602, column 2 \("value"\): "1e999" is no number/,
    },
    {
      name: "a broken time",
      text: `${series}2025-13-01,1\n`,
      says: /line 602, column 1 \("time"\): "2025-13-01" is no time/,
    },
    {
      name: "a row that is too short",
      text: `${series}2025-01-01\n`,
      says: /line 602, column 2: the row has 1 cells, the head line 2/,
    },
    {
      name: "a row that is too long",
      text: `${series}2025-01-01,1,2\n`,
      says: /line 602, column 3: the row has 3 cells/,
    },
    {
      name: "an open quote",
      text: `${series}"2025-01-01,1\n`,
      says: /line 602, column 1: a quote is not closed/,
    },
    { name: "no head line", text: "1,2\n3,4\n", says: /head line/ },
    { name: "an endless line", text: `t,v\n${"1".repeat(3 << 20)}`, says: /longer than 1 MiB/ },
    {
      name: "bytes that are no text",
      text: Uint8Array.of(0xff, 0xfe, 0x00, 0x41, 0x0a),
      says: /no UTF-8 text/,
    },
  ])("refuses $name and writes nothing", async ({ text, says }) => {
    rmSync(out, { force: true });
    await expect(scoreFile(file("bad.csv", text), out, {})).rejects.toThrow(says);
    expect(existsSync(out)).toBe(false);
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test("says why it cannot read or write", async () => {
    await expect(scoreFile(join(folder, "nowhere.csv"), out, {})).rejects.toMatchObject({
      code: "INPUT_UNREADABLE",
    });
    await expect(scoreFile(folder, out, {})).rejects.toMatchObject({ code: "INPUT_UNREADABLE" });
    const nowhere = join(folder, "no", "scores.csv");
    await expect(scoreFile(file("good.csv", series), nowhere, {})).rejects.toMatchObject({
      code: "OUTPUT_FAILED",
    });
  });
});
