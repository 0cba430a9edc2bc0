import { describe, expect, test } from "vitest";
import { layoutOf } from "./series-layout.ts";

const rows = (count: number, row: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => row(at));
const day = (at: number) => `2024-01-${String(at + 1).padStart(2, "0")}`;

describe("layoutOf", () => {
  test.each([
    {
      name: "commas",
      lines: ["timestamp,value", ...rows(3, (at) => `${day(at)},${at}`)],
      layout: { separator: ",", time: 0, signals: [1] },
    },
    {
      name: "semicolons with decimal commas",
      lines: ["datum;druck", ...rows(3, (at) => `${day(at)};${at},5`)],
      layout: { separator: ";", time: 0, signals: [1] },
    },
    {
      name: "tabs, time last",
      lines: ["flow\tnote\twhen", ...rows(3, (at) => `${at}\tok\t${day(at)}`)],
      layout: { separator: "\t", time: 2, signals: [0] },
    },
    {
      name: "one column with decimal commas",
      lines: ["flow", "1,5", "2,5"],
      layout: { separator: "", signals: [0] },
    },
    {
      name: "seconds since 1970 by their name",
      lines: ["time,flow", "1700000000,1", "1700000001,2"],
      layout: { separator: ",", time: 0, signals: [1] },
    },
    {
      name: "a bad cell in a good column",
      lines: ["time,flow", ...rows(5, (at) => `${day(at)},${at === 2 ? "?!" : at}`)],
      layout: { separator: ",", time: 0, signals: [1] },
    },
  ])("reads $name", ({ lines, layout }) => {
    const { columns, ...rest } = layoutOf(lines, {});
    expect(rest).toEqual(layout);
    expect(columns.length).toBeGreaterThan(0);
  });

  test("takes signals and time that are asked for, in their order", () => {
    const lines = ["a;b;c", "1;2;2024-01-01", "2;3;2024-01-02"];
    expect(layoutOf(lines, { time: "c", signals: ["b", "a"] })).toMatchObject({
      time: 2,
      signals: [1, 0],
    });
  });

  test.each([
    {
      name: "a column that is not there",
      asked: { signals: ["d"] },
      says: /no column "d".*a, b, c/,
    },
    { name: "a time that is not there", asked: { time: "t" }, says: /no column "t"/ },
    { name: "time as a signal", asked: { time: "c", signals: ["c"] }, says: /is the time/ },
    { name: "a name that stands twice", asked: { signals: ["e"] }, says: /"e" stands 2 times/ },
    { name: "too many signals", asked: {}, says: /--signals a,b/ },
  ])("refuses $name", ({ asked, says }) => {
    const lines = ["a;b;c;e;e", "1;2;2024-01-01;x;x", "2;3;2024-01-02;x;x"];
    expect(() => layoutOf(lines, asked)).toThrow(says);
  });

  test.each([
    { name: "a head line of numbers", lines: ["1,2", "3,4"], says: /head line/ },
    { name: "no numbers", lines: ["a,b", "x,y"], says: /No column holds numbers/ },
  ])("refuses $name", ({ lines, says }) => {
    expect(() => layoutOf(lines, {})).toThrow(says);
  });
});
