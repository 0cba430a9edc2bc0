import { describe, expect, test } from "vitest";
import { historiesText, wearSignals } from "./histories.fixture.ts";
import { type HistoryColumns, parseHistories } from "./parse-histories.ts";

const columns: HistoryColumns = {
  unit: "pump",
  cycle: "day",
  every: "day",
  inputs: [
    { signal: "leakage", of: "max" },
    { signal: "pressure", of: "mean" },
  ],
};
const good = historiesText({ lives: 5, days: 12 });

const parsed = (text: string, changes: Partial<HistoryColumns> = {}) =>
  parseHistories(text, { ...columns, ...changes }, wearSignals);
const said = (text: string, changes?: Partial<HistoryColumns>): string[] => {
  const read = parsed(text, changes);
  return "mistakes" in read
    ? read.mistakes.map(({ line, column, message }) => `${line}:${column} ${message}`)
    : [];
};
const lines = good.split("\n");
const edited = (line: number, from: string, to: string) =>
  lines.map((text, at) => (at === line - 1 ? text.replace(from, to) : text)).join("\n");

describe("parseHistories", () => {
  test("gives each life in the order of its days, its columns in the order of the rule", () => {
    const [header = "", ...rows] = lines;
    const shuffled = [header, ...rows.toReversed()].join("\r\n");
    const read = parsed(shuffled, { inputs: columns.inputs.toReversed() });
    expect(read).toMatchObject({ lives: { length: 5 } });
    if (!("lives" in read)) return;
    const first = read.lives.find(({ unit }) => unit === "unit-1");
    expect(first?.cycles).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(first?.values.map(([value]) => value)).toEqual([200, 10]);
  });

  test("reads other separators with a decimal comma, units behind names, and a byte order mark", () => {
    const text = good.replaceAll(",", ";").replaceAll(".", ",");
    const named = text.replace("leakage", "leakage [L/min]").replace("pressure", "pressure (bar)");
    const read = parsed(`\uFEFF${named}`);
    expect(read).toEqual(parsed(good));
  });

  test("hours are told apart from days by what the rule says", () => {
    expect(said(good, { every: "hour" })).toEqual(
      [13, 25, 37, 49, 61].map(
        (line, at) =>
          `${line}:1 "unit-${at + 1}" has 1 days; a life from early on to the failure has 10 or more`,
      ),
    );
  });

  test.each<{ name: string; text: string; changes?: Partial<HistoryColumns>; says: string[] }>([
    {
      name: "a column that is not there",
      text: edited(1, "leakage", "leackage"),
      says: [
        '1:1 there is no column "leakage"; is it "leackage"?',
        '1:10 "leackage" is no signal of the plan; did you mean "leakage"?',
      ],
    },
    {
      name: "a column that is no signal",
      text: lines.map((text, at) => (at === 0 ? `${text},note` : text && `${text},1`)).join("\n"),
      says: ['1:27 "note" is no signal of the plan; remove the column'],
    },
    {
      name: "a column in another unit",
      text: edited(1, "pressure", "pressure [kPa]"),
      says: ['1:18 "pressure" is in kPa here and in bar in the plan: convert the column'],
    },
    {
      name: "values that can only be of another unit",
      text: edited(3, ",200", ",20000"),
      says: [
        "3:13 pressure: 20000 is outside its range of 0 to 400 in the plan; is it in another unit?",
      ],
    },
    {
      name: "a cell that is no number",
      text: edited(4, ",200", ",n/a"),
      says: ['4:13 pressure: "n/a" is no number'],
    },
    {
      name: "a row that is cut short",
      text: edited(5, ",200", ""),
      says: ["5:1 3 cells, but the header has 4"],
    },
    {
      name: "a day that a life has twice",
      text: edited(3, "unit-1,2", "unit-1,1"),
      says: ['3:1 "unit-1" has day 1 on line 2 already'],
    },
    {
      name: "too few lives",
      text: historiesText({ lives: 4, days: 12 }),
      says: ["0:0 4 lives are too few; it takes 5 that ended in failure"],
    },
    {
      name: "a life that did not end in failure",
      text: historiesText({ lives: 5, days: 12, failed: (unit) => (unit === 3 ? 0 : 1) }),
      changes: { failed: "failed" },
      says: [
        '37:1 "unit-3" did not end in failure ("failed" is not 1 in its last row): leave it out',
      ],
    },
    {
      name: "a life that is too short to show wear",
      text: historiesText({ lives: 5, days: 12 }).split("\n").slice(0, 55).join("\n"),
      says: ['55:1 "unit-5" has 6 days; a life from early on to the failure has 10 or more'],
    },
    {
      name: "a file without rows",
      text: lines[0] ?? "",
      says: ["0:0 0 lives are too few; it takes 5 that ended in failure"],
    },
  ])("refuses $name", ({ text, changes, says }) => {
    expect(said(text, changes)).toEqual(says);
  });

  test("tells ten mistakes and that there are more", () => {
    const broken = lines.map((text, at) => (at > 0 ? text.replace(",200", ",x") : text)).join("\n");
    expect(said(broken)).toHaveLength(11);
    expect(said(broken).at(-1)).toBe("0:0 there are more mistakes than these");
  });
});
