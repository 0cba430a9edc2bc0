import { describe, expect, test } from "vitest";
import { choice, day, list, number, text, yesNo, yuan } from "./cell-reader.ts";
import { column, keyOfHeader, required } from "./columns.ts";
import { readRows } from "./read-rows.ts";
import { type Cell, columnLetter } from "./table.ts";

describe("day", () => {
  test.each<[Exclude<Cell, null>, string]>([
    [new Date(Date.UTC(2026, 2, 5)), "2026-03-05"],
    [46086, "2026-03-05"],
    [46086.75, "2026-03-05"],
    ["46086", "2026-03-05"],
    ["2026-03-05", "2026-03-05"],
    ["2026/3/5", "2026-03-05"],
    [" 2026.3.5 ", "2026-03-05"],
    ["2026年3月5日", "2026-03-05"],
    ["２０２６／３／５", "2026-03-05"],
    ["20260305", "2026-03-05"],
    ["2026-03-05 08:00:00", "2026-03-05"],
    ["2024-02-29", "2024-02-29"],
  ])("reads %s", (cell, is) => {
    expect(day().read(cell)).toEqual({ value: is });
  });

  test.each(["3/5/2026", "2026-02-29", "2026-13-01", "soon", "2026", 5, 99_999, true])(
    "refuses %s",
    (cell) => {
      expect(day().read(cell)).toHaveProperty("fault");
    },
  );
});

describe("number", () => {
  const hours = number({ min: 0, max: 10_000 });
  test.each<[Exclude<Cell, null>, number]>([
    [12.5, 12.5],
    [" 1 234 ", 1234],
    ["1,234.5", 1234.5],
    ["１２", 12],
    ["+7", 7],
  ])("reads %s", (cell, is) => {
    expect(hours.read(cell)).toEqual({ value: is });
  });
  test.each(["1,23", "12h", "1e3", "0x10", "", "-1", 10_001, true, "NaN"])("refuses %s", (cell) => {
    expect(hours.read(cell)).toHaveProperty("fault");
  });
  test("refuses a fraction where pieces are counted", () => {
    expect(number({ min: 0, max: 9, isInteger: true }).read(1.5)).toHaveProperty("fault");
  });
});

describe("other cells", () => {
  test("money is kept in fen, with no more than two decimals", () => {
    expect(yuan().read("¥1,280.50")).toEqual({ value: 128_050 });
    expect(yuan().read(0.29)).toEqual({ value: 29 });
    expect(yuan().read(0.295)).toHaveProperty("fault");
    expect(yuan().read(-1)).toHaveProperty("fault");
  });

  test("a number that Excel made of an id is a text again, unless figures are lost", () => {
    expect(text().read(13_800_010_001)).toEqual({ value: "13800010001" });
    expect(text().read(1.234567890123e17)).toHaveProperty("fault");
  });

  test("words are known in both languages", () => {
    const level = choice({ senior: ["senior", "高级"], junior: ["junior", "初级"] });
    for (const word of ["senior", "Senior", " 高级 "])
      expect(level.read(word)).toEqual({ value: "senior" });
    expect(level.read("boss")).toHaveProperty("fault");
    expect(yesNo().read("是")).toEqual({ value: true });
    expect(yesNo().read("N")).toEqual({ value: false });
    expect(yesNo().read("perhaps")).toHaveProperty("fault");
  });

  test("lists take every separator that people use", () => {
    expect(list(text()).read("a; b；c、d\n")).toEqual({ value: ["a", "b", "c", "d"] });
  });
});

describe("readRows", () => {
  const columns = {
    id: required(column(["Id", "编号"], text(), "EXAMPLE-1")),
    hours: column(["Hours", "小时"], number({ min: 0, max: 9 }), 1),
  };
  const read = (rows: Cell[][]) => readRows({ rows }, columns, "id");

  test.each(["编号 / Id *", "编号", "id", "ID ", "Id*"])("knows the header %s", (header) => {
    expect(keyOfHeader(columns, header)).toBe("id");
  });

  test("keeps the rows of the file, whatever stands between them", () => {
    const { rows, faults, ignored } = read([
      ["小时", "编号", "colour"],
      [1, "a", "red"],
      [null, null, null],
      [2, "EXAMPLE-1", null],
      ["many", "b", null],
      ["-", "c", null],
    ]);
    expect(rows.map(({ row, values }) => [row, values])).toEqual([
      [2, { id: "a", hours: 1 }],
      [5, { id: "b" }],
      [6, { id: "c", hours: null }],
    ]);
    expect(faults).toEqual([
      {
        row: 5,
        letter: "A",
        column: { en: "Hours", "zh-CN": "小时" },
        value: "many",
        message: { en: "“many” is not a number", "zh-CN": "“many”不是数字" },
      },
    ]);
    expect(ignored).toEqual(["colour"]);
  });

  test("an error that Excel shows is a mistake, also where any text may stand", () => {
    const { faults } = read([
      ["编号", "小时"],
      ["#N/A", 1],
      ["a", "#DIV/0!"],
    ]);
    expect(faults.map(({ row, letter }) => [row, letter])).toEqual([
      [2, "A"],
      [3, "B"],
    ]);
  });

  test("says so when a column stands twice, or the file is another list", () => {
    expect(read([["编号", "Id"]]).faults).toMatchObject([{ row: 1, letter: "B" }]);
    expect(() => read([["name"], ["x"]])).toThrow(/no column “编号 \/ Id \*”/);
    expect(() => read([])).toThrow(expect.objectContaining({ code: "EXCHANGE_FILE" }));
  });

  test("letters columns as Excel does", () => {
    expect([0, 25, 26, 701, 702].map(columnLetter)).toEqual(["A", "Z", "AA", "ZZ", "AAA"]);
  });
});
