import { describe, expect, test } from "vitest";
import { readNumber, splitRow } from "./csv-row.ts";
import { dateOrderOf, readTimeNs } from "./csv-time.ts";

describe("splitRow", () => {
  test.each([
    { name: "plain cells", line: "a;b;;c", separator: ";", cells: ["a", "b", "", "c"] },
    { name: "one column", line: "a,b", separator: "", cells: ["a,b"] },
    { name: "quoted separators", line: '"a,b",c', separator: ",", cells: ["a,b", "c"] },
    { name: "quoted quotes", line: '"say ""no""",1', separator: ",", cells: ['say "no"', "1"] },
    { name: "a quote inside a cell", line: '5" pipe,1', separator: ",", cells: ['5" pipe', "1"] },
    { name: "an open quote", line: '"a,b', separator: ",", cells: undefined },
  ])("splits $name", ({ line, separator, cells }) => {
    expect(splitRow(line, separator)).toEqual(cells);
  });
});

describe("readNumber", () => {
  test.each([
    ["12", ",", 12],
    [" -1.5e3 ", ",", -1500],
    [".5", ";", 0.5],
    ["+3.", ";", 3],
    ["1,5", ";", 1.5],
    ["-,25e1", "\t", -2.5],
    ["1,5", ",", undefined],
    ["1.234,5", ";", undefined],
    ["0x10", ",", undefined],
    ["1e999", ",", undefined],
    ["Infinity", ",", undefined],
    ["12 bar", ",", undefined],
  ])("reads %j between %j as %j", (cell, separator, value) => {
    expect(readNumber(cell, separator)).toBe(value);
  });

  test.each(["", " ", "NaN", "NULL", "n/a", "#N/A", "-"])(
    "takes %j for a missing value",
    (cell) => {
      expect(readNumber(cell, ",")).toBeNaN();
    },
  );
});

describe("readTimeNs", () => {
  const noon = Date.UTC(2024, 11, 31, 12) * 1e6;

  test.each([
    ["2024-12-31 12:00:00", noon],
    ["2024-12-31T12:00:00Z", noon],
    ["2024-12-31T20:00:00+08:00", noon],
    ["2024-12-31T07:30-0430", noon],
    ["2024-12-31 20:00:00+08", noon],
    ["2024-12-31 12:00:00 UTC", noon],
    ["2024/12/31 12:00", noon],
    ["31.12.2024 12:00:00", noon],
    ["2024-12-31 12:00:00.250000", noon + 250e6],
    ["2024-12-31", noon - 12 * 3_600e9],
    [String(noon / 1e9), noon],
    [String(noon / 1e6), noon],
    [String(noon / 1e3), noon],
    [String(noon), noon],
    [(noon / 1e9).toExponential(18), noon],
    ["2016-12-31T23:59:60Z", Date.UTC(2017, 0, 1) * 1e6],
    ["2024-02-30", undefined],
    ["2024-12-31 25:00:00", undefined],
    ["noon", undefined],
    ["12-31-2024", undefined],
  ])("reads %j", (cell, timeNs) => {
    expect(readTimeNs(cell)).toBe(timeNs);
  });

  test.each([
    ["12/31/2024 12:00", "month-first", noon],
    ["12/31/2024, 12:00:00 PM", "month-first", noon],
    ["12/31/2024 12:00 AM", "month-first", noon - 12 * 3_600e9],
    ["12/31/2024 1:30:00.5 pm", "month-first", noon + 5_400.5e9],
    ["31/12/2024 12:00", "day-first", noon],
    ["2024/12/31 12:00", "day-first", noon],
    ["12/31/2024", "day-first", undefined],
    ["12/31/2024 13:00 PM", "month-first", undefined],
    ["12/31/2024", undefined, undefined],
  ] as const)("reads %j with its days %s", (cell, order, timeNs) => {
    expect(readTimeNs(cell, order)).toBe(timeNs);
  });

  test("a date with slashes says which number is its day, or may be either", () => {
    const cells = ["12/31/2024", "31/12/2024 1:00 PM", "01/02/2024", "2024/12/31", "1/2"];
    expect(cells.map(dateOrderOf)).toEqual([
      "month-first",
      "day-first",
      "either",
      undefined,
      undefined,
    ]);
  });

  test.each([" ", "NaN", "null", "-"])("takes %j for an unknown time", (cell) => {
    expect(readTimeNs(cell)).toBeNaN();
  });
});
