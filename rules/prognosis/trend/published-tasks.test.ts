import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { sharedData } from "@firebreak/test/shared-data.ts";
import { describe, expect, test } from "vitest";
import { createCrossingForecaster, type LimitTask } from "./forecast-crossing.ts";

const tasksFile = sharedData("prediction/trend/tasks_dev.jsonl.gz");
const truthFile = sharedData("prediction/trend/truth_dev.jsonl.gz");
const isSoak = process.env.FIREBREAK_SOAK === "1";

interface Task extends LimitTask {
  readonly id: string;
  readonly horizon: number;
}

const linesOf = <T>(path: string | undefined): T[] =>
  path === undefined
    ? []
    : gunzipSync(readFileSync(path))
        .toString()
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));

/** Cycles ahead at which the tasks were set. */
const ahead = [60, 30, 15, 8];

/**
 * Mean share of estimates within 5 cycles or 30 % of the crossing, less the share of healthy signals with an alarm within
 * half the horizon: the rule that the tasks come with.
 */
function judge(tasks: readonly Task[], truth: ReadonlyMap<string, number | null>) {
  const forecaster = createCrossingForecaster(120);
  const rows = tasks.map((task) => ({
    ...forecaster.forecast(task),
    truth: truth.get(task.id) ?? null,
  }));
  const share = (all: readonly unknown[], some: readonly unknown[]) => some.length / all.length;
  const hits = ahead.map((cycles) => {
    const due = rows.filter((row) => row.truth === cycles);
    const near = Math.max(5, 0.3 * cycles);
    return share(
      due,
      due.filter(({ eta }) => eta !== null && Math.abs(eta - cycles) <= near),
    );
  });
  const healthy = rows.filter((row) => row.truth === null);
  const alarms = healthy.filter(({ eta }) => eta !== null && eta <= 60);
  const told = rows.filter((row) => row.truth !== null && row.lo !== null);
  const inside = told.filter(
    ({ lo, hi, truth }) => (lo ?? 0) <= (truth ?? 0) && (truth ?? 0) <= (hi ?? 0),
  );
  const falseAlarms = share(healthy, alarms);
  const headline = hits.reduce((sum, hit) => sum + hit / hits.length, 0) - falseAlarms;
  return { headline, falseAlarms, coverage: share(told, inside) };
}

describe.skipIf(tasksFile === undefined || truthFile === undefined)("published trend tasks", () => {
  test(`of ${isSoak ? "all" : "some"} most crossings are found, and few that are not there`, () => {
    const tasks = linesOf<Task>(tasksFile).filter((_, at) => isSoak || at % 10 === 0);
    const truth = new Map(
      linesOf<{ id: string; eta: number | null }>(truthFile).map(({ id, eta }) => [id, eta]),
    );
    const { headline, falseAlarms, coverage } = judge(tasks, truth);
    expect(headline).toBeGreaterThan(0.4);
    expect(falseAlarms).toBeLessThan(0.06);
    expect(coverage).toBeGreaterThan(0.72);
    expect(coverage).toBeLessThan(0.9);
  });
});
