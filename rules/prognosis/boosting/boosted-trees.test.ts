import { describe, expect, test } from "vitest";
import { createRandom } from "../seeded-random.ts";
import { binColumns, mostBins } from "./binned-columns.ts";
import { type BoostingSettings, boost, predict } from "./boosted-trees.ts";

const settings: BoostingSettings = {
  treeCount: 60,
  rate: 0.1,
  depth: 3,
  fewestRows: 5,
  shrinkage: 1,
  rowShare: 0.7,
  columnShare: 1,
};

const random = createRandom(11);
const rowCount = 600;
const column = () => Float64Array.from({ length: rowCount }, () => 10 * random());
const columns = [column(), column(), column()];
/** A step in the first column and a bend in the second; the third says nothing. */
const truth = (row: number) =>
  ((columns[0]?.[row] ?? 0) > 4 ? 20 : 0) + Math.max(0, (columns[1]?.[row] ?? 0) - 5) ** 2;
const target = Float64Array.from({ length: rowCount }, (_, row) => truth(row));
const rows = Int32Array.from(target.keys());

const fit = (of: readonly Float64Array[], seed: number) =>
  boost(
    { data: binColumns(of), target, rows, columns: [...of.keys()] },
    settings,
    createRandom(seed),
  );
const answers = (of: readonly Float64Array[], seed: number) => {
  const model = fit(of, seed);
  return [...rows].map((row) => predict(model, of, row));
};

describe("boost", () => {
  test("learns steps and bends", () => {
    const errors = answers(columns, 1).map((answer, row) => Math.abs(answer - truth(row)));
    expect(errors.reduce((a, b) => a + b) / rowCount).toBeLessThan(1.5);
  });

  test("gives the same trees for the same seed, others for another", () => {
    expect(fit(columns, 5)).toEqual(fit(columns, 5));
    expect(fit(columns, 5)).not.toEqual(fit(columns, 6));
  });

  test("does not care for the scale of a column, however it is bent", () => {
    const bent = columns.map((values) => values.map((value) => Math.exp(value)));
    answers(bent, 3).forEach((answer, row) => {
      expect(answer).toBeCloseTo(answers3[row] ?? 0, 9);
    });
  });

  test("answers the mean where there is nothing to split", () => {
    const flat = [new Float64Array(rowCount).fill(7)];
    const mean = target.reduce((a, b) => a + b) / rowCount;
    for (const answer of answers(flat, 1)) expect(Math.abs(answer - mean)).toBeLessThan(1);
  });

  test("learns only from the rows that it is given", () => {
    const half = rows.filter((row) => row % 2 === 0);
    const spoilt = target.map((value, row) => (row % 2 === 0 ? value : 1e9));
    const model = boost(
      { data: binColumns(columns), target: spoilt, rows: half, columns: [0, 1, 2] },
      settings,
      createRandom(1),
    );
    for (const row of rows) expect(predict(model, columns, row)).toBeLessThan(100);
  });
});

const answers3 = answers(columns, 3);

describe("boost of some columns", () => {
  test("uses no other", () => {
    const data = binColumns(columns);
    const { trees } = boost({ data, target, rows, columns: [1, 2] }, settings, createRandom(1));
    expect(trees.flatMap(({ feature }) => [...feature])).not.toContain(0);
  });
});

describe("binColumns", () => {
  test("has as many rows in each bin as it can", () => {
    const counts = new Array<number>(mostBins).fill(0);
    for (const bin of binColumns(columns).bins[0] ?? []) counts[bin] = (counts[bin] ?? 0) + 1;
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(2);
  });

  test.each([
    { name: "no row", values: [], bins: [] },
    { name: "one value", values: [3, 3, 3], bins: [0, 0, 0] },
    { name: "two values", values: [5, -1, 5], bins: [1, 0, 1] },
  ])("takes $name", ({ values, bins }) => {
    expect([...(binColumns([Float64Array.from(values)]).bins[0] ?? [])]).toEqual(bins);
  });
});
