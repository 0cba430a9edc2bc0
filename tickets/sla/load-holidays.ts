import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { HolidayTable } from "./calendar.ts";
import { parseHolidayFile } from "./holiday-file.ts";

export const chinaHolidaysFile = join(import.meta.dirname, "holidays-cn.yaml");

/**
 * The holiday file that comes with Firebreak, or another.
 * @throws CodedError BAD_CONFIGURATION with every mistake of the file
 */
export const readHolidays = (file = chinaHolidaysFile): HolidayTable =>
  parseHolidayFile(file, readFileSync(file, "utf8"));
