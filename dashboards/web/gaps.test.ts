import { describe, expect, test } from "vitest";
import { broken, gapsOf, lonely, longestStep } from "./gaps.ts";
import type { Interruption } from "./types.ts";

const startMs = Date.parse("2026-11-26T05:00:00Z");
const start = startMs / 1000;
const iso = (seconds: number) => new Date(startMs + seconds * 1000).toISOString();
const why = (
  cause: Interruption["cause"],
  from: number,
  to: number | null,
  more: Partial<Interruption> = {},
): Interruption => ({
  cause,
  from: iso(from),
  to: to === null ? null : iso(to),
  subject: "",
  state: "",
  samples: 0,
  isToCome: false,
  ...more,
});
const columns = (...seconds: number[]) => ({
  t: seconds.map((at) => start + at),
  value: seconds.map(() => 1 as number | null),
});
const shown = { from: start, to: start + 300, step: 5 };
const told = (gaps: ReturnType<typeof gapsOf>) =>
  gaps.map(({ from, to, cause }) => [from - start, to - start, cause?.cause]);

describe("gaps in a chart", () => {
  test("A2: no line crosses a time without samples", () => {
    const { t, value } = broken(columns(0, 2, 4, 60, 62), 5);
    expect(t.map((at) => at - start)).toEqual([0, 2, 4, 32, 60, 62]);
    expect(value).toEqual([1, 1, 1, null, 1, 1]);
  });

  test("a value that no line leads to or from is a point", () => {
    expect(lonely([7])).toEqual([0]);
    expect(lonely([])).toEqual([]);
    expect(lonely([null, 7, null, 7, 8, undefined, 7])).toEqual([1, 6]);
    // What comes less often than lines are drawn over is points alone.
    const { value } = broken(columns(0, 60, 120), 10);
    expect(lonely(value).map((row) => value[row])).toEqual([1, 1, 1]);
  });

  test("A2, A3: a gap says its cause: the bus that was down, and another one that goes on", () => {
    const samples = columns(
      ...[...Array(60).keys()],
      ...[...Array(60).keys()].map((at) => 120 + at),
    );
    const causes = [why("bus", 62, 118, { subject: "can1" }), why("bus", 182, null)];
    expect(told(gapsOf(samples, shown, causes))).toEqual([
      [59, 120, "bus"],
      [179, 300, "bus"],
    ]);
  });

  test("what is lost for good is told before what is still to come; what nothing explains says so", () => {
    const causes = [why("link", 0, 100, { isToCome: true }), why("lost", 20, 80)];
    expect(told(gapsOf(columns(0, 100, 200, 299), shown, causes))).toEqual([
      [0, 100, "lost"],
      [100, 200, undefined],
      [200, 299, undefined],
    ]);
    expect(gapsOf(columns(), shown, [])).toHaveLength(1);
  });

  test("a signal that is sent seldom has no gaps before it is overdue", () => {
    expect(longestStep(90, 300)).toBe(90);
    expect(longestStep(3, 86_400)).toBe(576);
    expect(gapsOf(columns(0, 60, 120, 180, 240, 300), { ...shown, step: 90 }, [])).toEqual([]);
  });
});
