import { describe, expect, test } from "vitest";
import { createFileProblems } from "../../files/file-problems.ts";
import { historiesOf, inReach } from "./histories.ts";

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

test("inReach: whatever unit a signal has, its squares are numbers, and no digit is lost", () => {
  const history = (...values: number[]) => ({
    unit: "a",
    cycles: Float64Array.from(values, (_, at) => at),
    signals: [Float64Array.from(values)],
  });
  for (const unit of [1, 1e-320, 1e-170, 1e160, 1e307]) {
    const { train, test: running } = inReach([history(3 * unit, 7 * unit)], [history(5 * unit)]);
    const [[least = 0, most = 0] = []] = train[0]?.signals ?? [];
    expect([least / most, (running[0]?.signals[0]?.[0] ?? 0) / most]).toEqual([
      (3 * unit) / (7 * unit),
      (5 * unit) / (7 * unit),
    ]);
    expect(most ** 2).toBeGreaterThan(1e-30);
    expect(most ** 2).toBeLessThan(1e30);
  }
  expect(inReach([history(0, 0)], []).train[0]?.signals).toEqual([new Float64Array(2)]);
});
