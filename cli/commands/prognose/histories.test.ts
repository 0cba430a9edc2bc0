import { describe, expect, test } from "vitest";
import { createFileProblems } from "../../files/file-problems.ts";
import { historiesOf } from "./histories.ts";

const tableOf = (labels: readonly string[], columns: Record<string, readonly number[]>) => ({
  path: "runs.csv",
  labels,
  lines: labels.map((_, row) => row + 2),
  columns: new Map(
    Object.entries(columns).map(([name, values]) => [name, Float64Array.from(values)]),
  ),
});
const none = Number.NaN;

describe("historiesOf", () => {
  test("fills what is missing from the unit's own past, and its beginning from what comes first", () => {
    const table = tableOf(["a", "b", "a", "b", "a"], {
      hour: [1, 1, 2, 2, 3],
      bar: [none, 7, 5, none, none],
    });
    const problems = createFileProblems();
    const histories = historiesOf(table, { cycle: "hour", signals: ["bar"] }, problems);
    expect(histories.map(({ unit, signals }) => [unit, ...(signals[0] ?? [])])).toEqual([
      ["a", 5, 5, 5],
      ["b", 7, 7],
    ]);
    expect(problems.count).toBe(0);
  });

  test("tells of a unit that has no value at all", () => {
    const table = tableOf(["a", "b"], { hour: [1, 1], bar: [none, 7] });
    const problems = createFileProblems();
    historiesOf(table, { cycle: "hour", signals: ["bar"] }, problems);
    expect(problems.throwIfAny).toThrow(/runs\.csv: unit “a” has no value of “bar” in any row/);
  });
});
