import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { createFileProblems } from "./file-problems.ts";
import { readNumberTable } from "./number-table.ts";
import { openLines } from "./read-lines.ts";

const folder = mkdtempSync(join(tmpdir(), "firebreak-table-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, "table.csv");

/** The table, and what is wrong with it without the file's name. */
async function read(content: string | Buffer, required = ["cycle"]) {
  writeFileSync(path, content);
  const problems = createFileProblems();
  const table = await readNumberTable(await openLines(path), { label: "unit", required }, problems);
  const told: string[] = [];
  try {
    problems.throwIfAny();
  } catch (error) {
    told.push(...(error instanceof Error ? error.message.split("\n").slice(1) : []));
  }
  const columns = Object.fromEntries(
    [...(table?.columns ?? [])].map(([name, values]) => [name, [...values]]),
  );
  return { labels: table?.labels, columns, told: told.map((line) => line.replace(path, "")) };
}

describe("readNumberTable", () => {
  const columns = { cycle: [1, 2], s: [0.5, -2e3] };
  test.each([
    { name: "comma", content: "unit,cycle,s\na,1,0.5\nb,2,-2e3\n" },
    { name: "semicolon and decimal comma", content: "unit;cycle;s\na;1;0,5\nb;2;-2e3" },
    { name: "tab", content: "unit\tcycle\ts\na\t1\t.5\nb\t2\t-2e3\n" },
    { name: "bar", content: "unit|cycle|s\na|1|0.5\nb|2|-2000\n" },
    { name: "quotes", content: 'unit,"cycle","s"\n"a",1,"0.5"\nb,2,-2000\n' },
    {
      name: "CRLF, byte order mark, spaces, empty lines",
      content: "\uFEFFunit, cycle, s\r\n\r\na, 1, 0.5\r\nb ,2,-2000\r\n\r\n",
    },
    { name: "the order of columns", content: "s,unit,cycle\n0.5,a,1\n-2000,b,2\n" },
    { name: "gzip", content: gzipSync("unit,cycle,s\na,1,0.5\nb,2,-2e3\n") },
  ])("reads $name", async ({ content }) => {
    expect(await read(content)).toEqual({ labels: ["a", "b"], columns, told: [] });
  });

  test("keeps separators and quotes in names", async () => {
    const { labels } = await read('unit,cycle\n"pump, ""big""",1\n');
    expect(labels).toEqual(['pump, "big"']);
  });

  test("tells every mistake with its line and column", async () => {
    const { told } = await read("unit,cycle,s\na,1,x\n,,\nb,3\nb,0x10,1\n");
    expect(told).toEqual([
      ":2:5: s: “x” is no number",
      ":3:1: no unit: the cell is empty",
      ":3:2: cycle: the cell is empty",
      ":4:1: 2 cells, but the header has 3",
      ":5:3: cycle: “0x10” is no number",
    ]);
  });

  test("takes what says that there is no value for a missing one", async () => {
    const { columns: found, told } = await read("unit,cycle,s,t\na,1,,NaN\nb,2,-,null\n");
    expect(found).toEqual({
      cycle: [1, 2],
      s: [Number.NaN, Number.NaN],
      t: [Number.NaN, Number.NaN],
    });
    expect(told).toEqual([]);
  });

  test("counts mistakes beyond the first twenty", async () => {
    const { told } = await read(`unit,cycle\n${"a,b\n".repeat(50)}`);
    expect(told).toHaveLength(21);
    expect(told.at(-1)).toBe("… and 30 more");
  });

  test.each([
    {
      name: "a column that is not there",
      content: "unit,cylce\na,1\n",
      told: [":1:1: there is no column “cycle”; is it “cylce”?"],
    },
    {
      name: "a column that stands twice",
      content: "unit,cycle,cycle\na,1,1\n",
      told: [":1:12: the column “cycle” stands twice"],
    },
    {
      name: "a column without a name",
      content: "unit,cycle,\na,1,1\n",
      told: [":1:12: a column without a name"],
    },
    { name: "an empty file", content: "", told: [": the file is empty"] },
    { name: "a file of empty lines", content: "\n\n", told: [": the file is empty"] },
    { name: "a header alone", content: "unit,cycle\n", told: [": there is a header, but no row"] },
  ])("refuses $name", async ({ content, told }) => {
    expect((await read(content)).told).toEqual(told);
  });
});

describe("openLines", () => {
  const table = gzipSync(
    `unit,cycle\n${Array.from({ length: 9_000 }, (_, at) => `u${(at * 7919) % 9973},${at}\n`).join("")}`,
  );

  test("tells where a gzip file is cut short", async () => {
    await expect(read(table.subarray(0, table.length - 20))).rejects.toMatchObject({
      code: "INPUT_DAMAGED",
      message: expect.stringMatching(/:\d+: the gzip file is damaged from here on/),
    });
  });

  test("tells of a broken gzip file", async () => {
    const broken = Buffer.from(table);
    broken.fill(0x55, table.length >> 1, (table.length >> 1) + 200);
    await expect(read(broken)).rejects.toMatchObject({ code: "INPUT_DAMAGED" });
  });

  test("tells the line that is no text", async () => {
    const bytes = Buffer.concat([Buffer.from("unit,cycle\na,1\n"), Buffer.from([0xff, 0xfe, 10])]);
    await expect(read(bytes)).rejects.toMatchObject({
      code: "INPUT_NOT_TEXT",
      message: expect.stringContaining(":3:"),
    });
  });

  test.each([
    { name: "no file", of: join(folder, "none.csv"), why: "there is no such file" },
    { name: "a folder", of: folder, why: "it is a folder" },
  ])("refuses $name", async ({ of, why }) => {
    await expect(openLines(of)).rejects.toMatchObject({
      code: "INPUT_UNREADABLE",
      message: `Cannot read ${of}: ${why}.`,
    });
  });
});
