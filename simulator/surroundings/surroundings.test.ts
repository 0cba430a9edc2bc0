import { describe, expect, test } from "vitest";
import { climates } from "./climate.ts";
import { createDuty } from "./duty.ts";
import { dayOf, hourOf, startOfDay, weekdayOf } from "./local-time.ts";
import { usualDuty } from "./usual-duty.ts";
import { weatherAt } from "./weather.ts";

const hourMs = 3_600_000;
const at = (local: string) => Date.parse(`${local}+08:00`);
const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const month = (start: string, of: (timeMs: number) => number) =>
  Array.from({ length: 30 * 24 }, (_, hour) => of(at(start) + hour * hourMs));

test("days and hours are those of China", () => {
  expect(hourOf(at("2026-03-02T07:30:00"))).toBe(7.5);
  expect(startOfDay(dayOf(at("2026-03-02T07:30:00")))).toBe(at("2026-03-02T00:00:00"));
  expect(weekdayOf(dayOf(at("2026-03-01T12:00:00")))).toBe(0);
});

describe("weather", () => {
  test.each(Object.entries(climates))("%s has the months of its climate", (_place, climate) => {
    const ambient = (timeMs: number) => weatherAt(5, climate, timeMs).ambientC;
    expect(Math.abs(mean(month("2026-01-05T00:00:00", ambient)) - climate.januaryC)).toBeLessThan(
      6,
    );
    expect(Math.abs(mean(month("2026-07-05T00:00:00", ambient)) - climate.julyC)).toBeLessThan(6);
  });

  test("afternoons are warmer than nights, gusts stronger than the wind, rain comes and goes", () => {
    const climate = climates["CN-GD"];
    const days = Array.from(
      { length: 60 },
      (_, day) => at("2026-06-01T00:00:00") + day * 24 * hourMs,
    );
    const afternoon = mean(days.map((day) => weatherAt(5, climate, day + 16 * hourMs).ambientC));
    const night = mean(days.map((day) => weatherAt(5, climate, day + 4 * hourMs).ambientC));
    expect(afternoon - night).toBeGreaterThan(2);
    const hours = month("2026-06-01T00:00:00", (timeMs) => timeMs).map((timeMs) =>
      weatherAt(5, climate, timeMs),
    );
    expect(hours.every(({ gustMps, windMps }) => gustMps > windMps)).toBe(true);
    const wet = hours.filter(({ rainMmPerHour }) => rainMmPerHour > 0).length;
    expect(wet).toBeGreaterThan(10);
    expect(wet).toBeLessThan(hours.length / 2);
  });

  test("does not depend on what was asked before", () => {
    const once = weatherAt(9, climates["CN-SC"], at("2026-05-05T10:00:00"));
    weatherAt(9, climates["CN-SC"], at("2027-05-05T10:00:00"));
    expect(weatherAt(9, climates["CN-SC"], at("2026-05-05T10:00:00"))).toEqual(once);
  });
});

describe("duty", () => {
  const duty = () => createDuty(3, usualDuty("concrete-pump-truck"), climates["CN-HN"]);
  const shares = (start: string, days: number) => {
    const demandAt = duty();
    const seen = { off: 0, idle: 0, travel: 0, work: 0 };
    for (let timeMs = at(start); timeMs < at(start) + days * 24 * hourMs; timeMs += 60_000)
      seen[demandAt(timeMs).activity]++;
    return seen;
  };

  test("shifts of some eight hours with idling and travel, off at night", () => {
    const { idle, travel, work } = shares("2026-06-01T00:00:00", 28);
    const hours = (idle + travel + work) / 60 / 28;
    expect(hours).toBeGreaterThan(5);
    expect(hours).toBeLessThan(10);
    expect(work).toBeGreaterThan(idle);
    expect(idle).toBeGreaterThan(travel);
    expect(duty()(at("2026-06-03T02:00:00")).activity).toBe("off");
  });

  test("nothing moves at the Spring Festival of 2026", () => {
    const { idle, travel, work } = shares("2026-02-14T00:00:00", 12);
    expect(idle + travel + work).toBe(0);
  });

  test("a day is the same wherever the run began", () => {
    const [one, other] = [duty(), duty()];
    one(at("2026-01-01T10:00:00"));
    for (let minute = 0; minute < 1_440; minute++) {
      const timeMs = at("2026-06-10T00:00:00") + minute * 60_000;
      expect(one(timeMs)).toEqual(other(timeMs));
    }
  });
});
