import { existsSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "@firebreak/kit/clock.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import {
  coverageWarning,
  createCalendar,
  type HolidayTable,
} from "@firebreak/tickets/sla/calendar.ts";
import { readHolidays } from "@firebreak/tickets/sla/load-holidays.ts";

const dayMs = 24 * 3600_000;

/** In the data folder; takes the place of the file that comes with Firebreak. */
export const ownHolidaysFile = "holidays.yaml";

/**
 * The days off and worked weekends that due times in working days are reckoned with.
 * @throws CodedError BAD_CONFIGURATION with every mistake of the data folder's file
 */
export function readHubHolidays(data: string): HolidayTable {
  const own = join(data, ownHolidaysFile);
  return existsSync(own) ? readHolidays(own) : readHolidays();
}

/** At the start and daily: says when the file does not know the days to come for certain. Returns the way to stop. */
export function watchHolidays(
  holidays: HolidayTable,
  log: Pick<Logger, "warn">,
  nowMs: () => number = systemClock.nowMs,
): () => void {
  const look = () => {
    const warning = coverageWarning(createCalendar(holidays), nowMs());
    if (warning !== undefined) log.warn({ holidays: holidays.ref, warning }, "holiday file");
  };
  look();
  const timer = setInterval(look, dayMs);
  timer.unref();
  return () => clearInterval(timer);
}
