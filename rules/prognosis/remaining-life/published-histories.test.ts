import { readFileSync } from "node:fs";
import { sharedData } from "@firebreak/test/shared-data.ts";
import { describe, expect, test } from "vitest";
import type { History } from "./history.ts";
import { predictLife } from "./predict-life.ts";
import { trainLifeModel } from "./train-life-model.ts";

const trainFile = sharedData("prediction/cmapss/train_FD001.csv");
const testFile = sharedData("prediction/cmapss/test_FD001_dev.csv");
const truthFile = sharedData("prediction/cmapss/RUL_FD001_dev.csv");
const isSoak = process.env.FIREBREAK_SOAK === "1";

const rowsOf = (path: string | undefined): string[][] =>
  path === undefined
    ? []
    : readFileSync(path, "utf8")
        .trim()
        .split("\n")
        .slice(1)
        .map((line) => line.split(","));

function historiesOf(path: string | undefined): History[] {
  const byUnit = Map.groupBy(rowsOf(path), ([unit]) => unit ?? "");
  return [...byUnit].map(([unit, rows]) => ({
    unit,
    cycles: Float64Array.from(rows, (row) => Number(row[1])),
    signals: (rows[0] ?? [])
      .slice(2)
      .map((_, at) => Float64Array.from(rows, (row) => Number(row[at + 2]))),
  }));
}

const truth = new Map(rowsOf(truthFile).map(([unit = "", rul]) => [unit, Number(rul)]));
const running = historiesOf(testFile);

function judge(train: readonly History[], seed: number) {
  const model = trainLifeModel(train, { seed });
  const rows = running.map((history) => ({
    ...predictLife(model, history),
    truth: truth.get(history.unit) ?? Number.NaN,
  }));
  const squares = rows.reduce((sum, row) => sum + (row.rul - row.truth) ** 2, 0);
  const inside = rows.filter(({ lo, hi, truth }) => lo <= truth && truth <= hi);
  return { rmse: Math.sqrt(squares / rows.length), coverage: inside.length / rows.length };
}

describe.skipIf(trainFile === undefined || testFile === undefined || truthFile === undefined)(
  "published run-to-failure histories",
  () => {
    test("five histories tell more than a guess", () => {
      const mean = [...truth.values()].reduce((sum, rul) => sum + rul / truth.size, 0);
      const squares = [...truth.values()].reduce((sum, rul) => sum + (rul - mean) ** 2, 0);
      const { rmse } = judge(historiesOf(trainFile).slice(0, 5), 1);
      expect(rmse).toBeLessThan(0.75 * Math.sqrt(squares / truth.size));
    });

    test.runIf(isSoak)("ten give a useful answer", () => {
      expect(judge(historiesOf(trainFile).slice(0, 10), 1).rmse).toBeLessThan(18);
    });

    test.runIf(isSoak)("a hundred give one as good as published", () => {
      const results = [1, 2, 3].map((seed) => judge(historiesOf(trainFile), seed));
      const mean = results.reduce((sum, { rmse }) => sum + rmse / results.length, 0);
      expect(mean).toBeLessThan(12.6);
      for (const { coverage } of results) {
        expect(coverage).toBeGreaterThan(0.75);
        expect(coverage).toBeLessThan(0.88);
      }
    });
  },
);
