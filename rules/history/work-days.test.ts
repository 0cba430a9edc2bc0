import { describe, expect, test } from "vitest";
import { firstDay, hoursOf } from "./hours.fixture.ts";
import { daysPerWorkDay, lookedBackOn, workDays, workHours } from "./work-days.ts";

const inputs = [
  { signal: "pressure", of: "max" },
  { signal: "speed", of: "mean" },
] as const;
const all = { fromHour: 0, lastDay: 1e6 };

describe("workDays", () => {
  const hours = hoursOf(4, {
    pressure: (day, hour) => (day === 2 && hour > 0 ? undefined : 10 * day + hour),
    speed: (_, hour) => (hour < 4 ? 1500 : 0),
  });

  test("gives the median of the hours that count, and leaves out days without two of them for every input", () => {
    const when = [{ signal: "speed", of: "min", above: 500 }] as const;
    expect(workDays(hours, { inputs, when }, all)).toEqual(
      [0, 1, 3].map((day) => ({ day: firstDay + day, values: [10 * day + 1.5, 1500], hours: 4 })),
    );
    const upTo = { fromHour: (firstDay + 1) * 24, lastDay: firstDay + 2 };
    expect(workDays(hours, { inputs, when }, upTo)).toMatchObject([{ day: firstDay + 1 }]);
  });

  test("hours are those in which everything was measured", () => {
    const found = workHours(hours, { inputs, when: [] }, { ...all, lastDay: firstDay + 2 });
    expect(found).toHaveLength(6 + 6 + 1);
    expect(found.at(-1)).toEqual({ hour: (firstDay + 2) * 24 + 8, values: [20, 1500] });
  });
});

const worked = (days: readonly number[]) => days.map((day) => ({ day, values: [], hours: 8 }));
const every = (count: number, isWork: (day: number) => boolean) =>
  worked(Array.from({ length: count }, (_, day) => day).filter(isWork));

describe("daysPerWorkDay", () => {
  test.each([
    { name: "six days a week", days: every(70, (day) => day % 7 < 6), each: 7 / 6 },
    {
      name: "the same with two weeks of holidays",
      days: every(70, (day) => day % 7 < 6 && (day < 21 || day >= 35)),
      each: 7 / 6,
    },
    { name: "a day in six weeks", days: every(127, (day) => day % 42 === 0), each: 127 / 4 },
    { name: "a few days", days: every(7, (day) => day % 2 === 0), each: 7 / 4 },
    { name: "nothing", days: [], each: 1 },
  ])("$name", ({ days, each }) => {
    expect(daysPerWorkDay(days)).toBeCloseTo(each, 9);
  });
});

test("a verdict rests on half a year at most, however much is known", () => {
  const days = every(400, () => true);
  expect(lookedBackOn(days)).toEqual(days.slice(220));
});
