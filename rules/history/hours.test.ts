import { describe, expect, test } from "vitest";
import { firstDay, hoursOf } from "./hours.fixture.ts";
import { dailyValues, median } from "./hours.ts";

describe("dailyValues", () => {
  const hours = hoursOf(3, {
    pressure: (day, hour) => (day === 2 && hour > 0 ? undefined : 10 * day + hour),
    oil: (_, hour) => ({ min: 30 + hour, mean: 40, max: 60 }),
  });

  test("is the median of the hours of a UTC day; a day of one hour does not speak", () => {
    expect(dailyValues(hours, { signal: "pressure", of: "mean", when: [] })).toEqual([
      { day: firstDay, value: 2.5, hours: 6 },
      { day: firstDay + 1, value: 12.5, hours: 6 },
    ]);
  });

  test("takes only hours in which every condition holds, limits excluded", () => {
    const when = [
      { signal: "oil", of: "min", above: 31 },
      { signal: "oil", of: "max", below: 61 },
    ] as const;
    expect(dailyValues(hours, { signal: "pressure", of: "max", when })[0]?.value).toBe(3.5);
    const never = [{ signal: "oil", of: "mean", above: 40 }] as const;
    expect(dailyValues(hours, { signal: "pressure", of: "max", when: never })).toEqual([]);
    const unknown = [{ signal: "air", of: "mean", above: 0 }] as const;
    expect(dailyValues(hours, { signal: "pressure", of: "max", when: unknown })).toEqual([]);
  });

  test("begins where it is told to, and knows nothing of a signal that is not there", () => {
    const days = dailyValues(
      hours,
      { signal: "pressure", of: "mean", when: [] },
      (firstDay + 1) * 24,
    );
    expect(days.map(({ day }) => day)).toEqual([firstDay + 1]);
    expect(dailyValues(hours, { signal: "none", of: "mean", when: [] })).toEqual([]);
  });
});

test("the median of an even number is the mean of the middle two, of nothing NaN", () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([])).toBeNaN();
});
