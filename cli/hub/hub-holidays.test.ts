import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chinaHolidaysFile } from "@firebreak/tickets/sla/load-holidays.ts";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ownHolidaysFile, readHubHolidays, watchHolidays } from "./hub-holidays.ts";

describe("holidays of the hub", () => {
  let data: string;
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), "firebreak-holidays-"));
  });
  afterEach(() => {
    vi.useRealTimers();
    rmSync(data, { recursive: true });
  });

  test("are those of the data folder when it has a file, and its mistakes are told", () => {
    expect(readHubHolidays(data).ref).toBe("holidays-cn@1");
    copyFileSync(chinaHolidaysFile, join(data, ownHolidaysFile));
    expect(readHubHolidays(data).certainYears).toEqual(new Set([2026]));
    writeFileSync(join(data, ownHolidaysFile), "id: mine\nversion: 0\nyears: {}\n");
    expect(() => readHubHolidays(data)).toThrow(/holidays\.yaml:2:10: version: must be a whole/);
  });

  test("warn at the start and daily while days to come are not known for certain", () => {
    vi.useFakeTimers();
    const log = { warn: vi.fn() };
    const holidays = readHubHolidays(data);
    let nowMs = Date.parse("2026-11-01T04:00:00Z");
    const stop = watchHolidays(holidays, log, () => nowMs);
    expect(log.warn).not.toHaveBeenCalled();
    nowMs = Date.parse("2026-11-20T04:00:00Z");
    vi.advanceTimersByTime(24 * 3600_000);
    expect(log.warn).toHaveBeenCalledTimes(1);
    expect(log.warn.mock.calls[0]?.[0]).toMatchObject({
      warning: expect.stringMatching(/does not know the holidays of 2027/),
    });
    stop();
    vi.advanceTimersByTime(48 * 3600_000);
    expect(log.warn).toHaveBeenCalledTimes(1);
  });
});
