import { describe, expect, test } from "vitest";
import { dayOf } from "../kpi/calendar-day.ts";
import { coverageWarning, createCalendar, endOfWorkingDay, isWorkingDay } from "./calendar.ts";
import { startClock } from "./clock-actions.ts";
import { parseHolidayFile } from "./holiday-file.ts";
import { readHolidays } from "./load-holidays.ts";
import { plain, shanghai } from "./sla.fixture.ts";
import { addDays, addMonths, instantOf, isZone, localDate } from "./zone-time.ts";

const china = createCalendar(readHolidays());
const due = (start: string, days: number) =>
  new Date(endOfWorkingDay(china, Date.parse(shanghai(start)), days).dueMs).toISOString();

describe("holidays of China", () => {
  test("days off are skipped and made-up weekends are worked", () => {
    // Friday 13 February, then the worked Saturday, then nine days off.
    expect(due("2026-02-13 09:00", 1)).toBe(shanghai("2026-02-14 18:00"));
    expect(due("2026-02-13 09:00", 2)).toBe(shanghai("2026-02-24 18:00"));
    expect(due("2026-02-26 09:00", 2)).toBe(shanghai("2026-02-28 18:00"));
    expect(isWorkingDay(china, "2026-05-09")).toBe(true);
    expect(isWorkingDay(china, "2026-05-10")).toBe(false);
  });

  test("2026 has 33 days off and six worked weekends, as announced", () => {
    const { holidays, workingWeekends } = china.table;
    expect([...holidays].filter((date) => date.startsWith("2026"))).toHaveLength(33);
    expect([...workingWeekends].filter((date) => date.startsWith("2026"))).toHaveLength(6);
  });

  test("the lunar days of 2026 and 2027 are where the lunar calendar has them", () => {
    const lunar = (date: string) =>
      new Intl.DateTimeFormat("en-u-ca-chinese", {
        timeZone: "UTC",
        month: "numeric",
        day: "numeric",
      }).format(new Date(`${date}T04:00:00Z`));
    const off = [...china.table.holidays].map((date) => `${date.slice(0, 4)} ${lunar(date)}`);
    for (const day of ["1/1", "1/2", "1/3", "5/5", "8/15"]) expect(off).toContain(`2026 ${day}`);
    // The new moon of 6 February 2027 falls four minutes before midnight, and this calendar takes it for the 7th.
    for (const day of ["5/5", "8/15"]) expect(off).toContain(`2027 ${day}`);
    expect(china.table.holidays).toContain("2027-02-06");
  });

  test("a year that is not known for certain marks the due time and warns beforehand", () => {
    const start = {
      clockId: "parts_supply-1",
      kind: "parts_supply",
      at: shanghai("2026-12-29 09:00"),
      target: { workingDays: 5 },
    } as const;
    expect(startClock(start, china).uncertainYears).toEqual([2027]);
    expect(startClock(start, plain)).not.toHaveProperty("uncertainYears");
    expect(coverageWarning(china, Date.parse("2026-06-01T00:00:00Z"))).toBeUndefined();
    expect(coverageWarning(china, Date.parse("2026-11-26T00:00:00Z"))).toMatch(
      /holidays-cn@1 does not know the holidays of 2027 for certain/,
    );
    expect(coverageWarning(china, Date.parse("2031-01-01T00:00:00Z"))).toMatch(/2031/);
  });
});

describe("parseHolidayFile", () => {
  const bad = `id: holidays-cn
version: 1
years:
  2026:
    status: anounced
    source: somewhere
    daysOff:
      - { name: { en: A, zh-CN: 甲 }, from: 2026-02-30, to: 2026-03-01 }
      - { name: { en: B, zh-CN: 乙 }, from: 2026-05-05, to: 2026-05-01 }
      - { name: { en: C, zh-CN: 丙 }, from: 2026-10-01, to: 2026-10-07 }
      - { name: { en: D, zh-CN: 丁 }, from: 2026-10-07, to: 2026-10-08 }
      - { name: { en: E, zh-CN: 戊 }, from: 2027-01-01, to: 2027-01-01 }
      - { name: { en: F, zh-CN: 己 }, from: 2026-06-01, to: 2026-07-31 }
    workedWeekends: [2026-10-05, 2026-10-12, 2026-10-10, 2026-10-10, tomorrow]
`;

  test("names every mistake at once, with line and column", () => {
    let text = "";
    try {
      parseHolidayFile("holidays.yaml", bad);
    } catch (error) {
      text = (error as Error).message;
    }
    const expected = [
      /^holidays\.yaml:5:13: .*announced/,
      /:8:\d+: years\.2026\.daysOff\[0\]\.from: there is no day 2026-02-30/,
      /:9:\d+: .*2026-05-01 is before 2026-05-05/,
      /:11:\d+: .*2026-10-07 is a day off already/,
      /:12:\d+: .*2027-01-01 is not in 2026/,
      /:12:\d+: .*2027-01-01 is not in 2026/,
      /:13:\d+: .*a holiday of 61 days/,
      /:14:22: .*2026-10-05 is a day off above/,
      /:14:34: .*2026-10-12 is not a Saturday or Sunday/,
      /:14:58: .*2026-10-10 is listed already/,
      /:14:70: .*day like 2026-05-01/,
    ];
    const lines = text.split("\n");
    expect(lines).toHaveLength(expected.length);
    for (const [index, pattern] of expected.entries()) expect(lines[index]).toMatch(pattern);
  });

  test.each(["", "[]", "years: 5", "years: { 2026: {} }", "{"])("refuses %j", (text) => {
    expect(() => parseHolidayFile("h.yaml", text)).toThrow(/^h\.yaml:1:/);
  });
});

describe("zones", () => {
  test.each([
    { zone: "Asia/Shanghai", date: "2026-03-02", at: "2026-03-02T10:00:00.000Z" },
    { zone: "America/New_York", date: "2026-03-06", at: "2026-03-06T23:00:00.000Z" },
    { zone: "America/New_York", date: "2026-03-09", at: "2026-03-09T22:00:00.000Z" },
    { zone: "America/New_York", date: "2026-11-02", at: "2026-11-02T23:00:00.000Z" },
    { zone: "Asia/Kathmandu", date: "2026-03-02", at: "2026-03-02T12:15:00.000Z" },
  ])("18:00 on $date in $zone is $at", ({ zone, date, at }) => {
    expect(new Date(instantOf(zone, date, 18 * 60)).toISOString()).toBe(at);
  });

  test("a skipped hour is taken by the old clock, an hour that comes twice the first time", () => {
    const at = (date: string, minutes: number) =>
      new Date(instantOf("America/New_York", date, minutes)).toISOString();
    expect(at("2026-03-08", 150)).toBe("2026-03-08T07:30:00.000Z");
    expect(at("2026-11-01", 90)).toBe("2026-11-01T05:30:00.000Z");
  });

  test("the day is that of the zone", () => {
    const ms = Date.parse("2026-03-01T20:00:00Z");
    expect(localDate("Asia/Shanghai", ms)).toBe("2026-03-02");
    expect(localDate("America/New_York", ms)).toBe("2026-03-01");
    expect(localDate("Pacific/Apia", -1)).toBe("1969-12-31");
  });

  test.each([
    ["Europe/Berlin", "2027-03-28", "2027-03-27T23:00:00.000Z", 23],
    ["Europe/Berlin", "2027-10-31", "2027-10-30T22:00:00.000Z", 25],
    ["Asia/Beirut", "2027-03-28", "2027-03-27T22:00:00.000Z", 23],
    ["America/Santiago", "2027-04-03", "2027-04-03T03:00:00.000Z", 25],
    ["Australia/Lord_Howe", "2027-04-04", "2027-04-03T13:00:00.000Z", 24.5],
    ["Asia/Kathmandu", "2027-03-28", "2027-03-27T18:15:00.000Z", 24],
    ["Asia/Shanghai", "2028-02-29", "2028-02-28T16:00:00.000Z", 24],
    ["Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00.000Z", 0],
  ] as const)("E5: in %s %s begins at %s and has %d hours", (zone, day, start, hours) => {
    const startMs = instantOf(zone, day, 0);
    expect(new Date(startMs).toISOString()).toBe(start);
    expect((instantOf(zone, addDays(day, 1), 0) - startMs) / 3_600_000).toBe(hours);
    const shown = [startMs, startMs - 1].map((ms) => [localDate(zone, ms), dayOf(ms, zone)]);
    const first = hours === 0 ? addDays(day, 1) : day;
    expect(shown).toEqual([first, addDays(day, -1)].map((one) => [one, one]));
  });

  test("a working week over the change of clocks ends at 18:00 local", () => {
    const calendar = createCalendar(plain.table, "America/New_York");
    const { dueMs } = endOfWorkingDay(calendar, Date.parse("2026-03-05T15:00:00Z"), 3);
    expect(new Date(dueMs).toISOString()).toBe("2026-03-10T22:00:00.000Z");
  });

  test("zones are IANA names", () => {
    expect(isZone("Asia/Shanghai")).toBe(true);
    expect(isZone("China")).toBe(false);
  });

  test("O-08: months end with the month", () => {
    expect([1, 3, 6, 12].map((months) => addMonths("2026-01-31", months))).toEqual([
      "2026-02-28",
      "2026-04-30",
      "2026-07-31",
      "2027-01-31",
    ]);
    expect(addMonths("2027-12-31", 2)).toBe("2028-02-29");
    expect(addMonths("2026-03-31", -1)).toBe("2026-02-28");
  });
});
