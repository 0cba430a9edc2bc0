import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RequestSchedule } from "./request-schedule.ts";

const hours = { pgn: 65253, da: 255, everyMs: 10_000 };
const fuel = { pgn: 65257, da: 0, everyMs: 60_000 };

/** What is asked for, with its second, when it is looked after every 100 ms. */
function asked(schedule: RequestSchedule, untilSeconds: number): string[] {
  const said: string[] = [];
  for (let ms = 0; ms <= untilSeconds * 1000; ms += 100) {
    const group = schedule.next(ms);
    if (group) said.push(`${ms / 1000} ${group.pgn} ${group.da}`);
  }
  return said;
}

describe("RequestSchedule", () => {
  test("asks for each group in its turn, a second apart, and not at once", () => {
    expect(asked(new RequestSchedule([hours, fuel], 0), 27)).toEqual([
      "5 65253 255",
      "6 65257 0",
      "15 65253 255",
      "25 65253 255",
    ]);
  });

  test("asks for nothing that the plan does not list", () => {
    expect(asked(new RequestSchedule([], 0), 60)).toEqual([]);
  });

  test("never asks again once somebody else was heard at our address", () => {
    const schedule = new RequestSchedule([hours], 0);
    expect(asked(schedule, 6)).toHaveLength(1);
    schedule.addressIsTaken();
    expect(asked(schedule, 600)).toEqual([]);
    expect(schedule.isAddressTaken).toBe(true);
  });

  test("keeps to one a second, whatever is asked for and whenever it is looked after", () => {
    const groups = fc.array(
      fc.record({ pgn: fc.nat(), da: fc.constant(255), everyMs: fc.nat({ max: 3_000 }) }),
      { maxLength: 10 },
    );
    fc.assert(
      fc.property(groups, fc.array(fc.nat({ max: 2_000 })), (list, steps) => {
        const schedule = new RequestSchedule(list, 0);
        let nowMs = 0;
        let lastMs = Number.NEGATIVE_INFINITY;
        for (const step of steps) {
          nowMs += step;
          if (schedule.next(nowMs) === undefined) continue;
          expect(nowMs - lastMs).toBeGreaterThanOrEqual(1_000);
          lastMs = nowMs;
        }
      }),
    );
  });
});
