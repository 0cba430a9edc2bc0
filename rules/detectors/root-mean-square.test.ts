import { expect, test } from "vitest";
import { multivariate } from "./multivariate.ts";
import { rootMeanSquare } from "./root-mean-square.ts";
import { streamingNovelty } from "./streaming-novelty.ts";

test("values of any size have a root mean square", () => {
  for (const unit of [1, 1e-320, 1e-170, 1e160, 1e307])
    expect(rootMeanSquare([3 * unit, -4 * unit]) / unit).toBeCloseTo(Math.sqrt(12.5), 2);
  expect(rootMeanSquare([0, 0])).toBe(0);
  expect(rootMeanSquare([1, Number.NaN])).toBeNaN();
});

/** Steps by 20 at row 600; alarms before and after it. */
function alarmsIn(unit: number, signals: 1 | 2): { readonly early: number; readonly late: number } {
  const detector = signals === 1 ? streamingNovelty() : multivariate(2);
  const state = detector.initialState() as never;
  const found = { early: 0, late: 0 };
  for (let row = 0; row < 700; row++) {
    const value = Math.sin(row / 5) + Math.sin(row * 7.1) + (row < 600 ? 0 : 20);
    const other = Math.cos(row / 9) + Math.sin(row * 3.3);
    const values = Float64Array.from([value * unit, other * unit].slice(0, signals));
    const { isAlarm } = detector.step(state, row * 60e9, values);
    if (isAlarm) found[row < 600 ? "early" : "late"]++;
  }
  return found;
}

test.each([1, 2] as const)("a step is found whatever unit %d signals have", (signals) => {
  const usual = alarmsIn(1, signals);
  expect(usual.late).toBeGreaterThan(0);
  for (const unit of [1e-170, 1e90]) expect(alarmsIn(unit, signals)).toEqual(usual);
});
