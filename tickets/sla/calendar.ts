import { slaConfig } from "./sla-config.ts";
import { addDays, instantOf, type LocalDate, localDate, weekday } from "./zone-time.ts";

/** What a holiday file says of days that are not simply Monday to Friday or a weekend. */
export interface HolidayTable {
  /** Name and version of the file, kept with every due time reckoned with it. */
  readonly ref: string;
  readonly holidays: ReadonlySet<LocalDate>;
  /** Saturdays and Sundays worked to make up for holidays. */
  readonly workingWeekends: ReadonlySet<LocalDate>;
  /** Years known for certain: announced in full. Of every other year answers come with a warning. */
  readonly certainYears: ReadonlySet<number>;
}

/** No holiday at all, for every year: weekends only, and no warning. */
export const plainWeeks: HolidayTable = {
  ref: "weekends-only",
  holidays: new Set(),
  workingWeekends: new Set(),
  certainYears: new Set(Array.from({ length: 200 }, (_, index) => 1970 + index)),
};

/** Working days of one zone. */
export interface Calendar {
  /** IANA name. */
  readonly zone: string;
  readonly table: HolidayTable;
  /** Minutes after local midnight at which a working day ends. */
  readonly workdayEndMinutes: number;
}

export const createCalendar = (
  table: HolidayTable,
  zone: string = slaConfig.defaultZone,
  workdayEndMinutes: number = slaConfig.workdayEndMinutes,
): Calendar => ({ table, zone, workdayEndMinutes });

export const calendarRef = ({ table, zone }: Calendar): string => `${table.ref} ${zone}`;

export function isWorkingDay({ table }: Calendar, date: LocalDate): boolean {
  if (table.workingWeekends.has(date)) return true;
  const day = weekday(date);
  return day !== 0 && day !== 6 && !table.holidays.has(date);
}

export interface WorkingDayDue {
  readonly dueMs: number;
  /** Years the answer rests on without the file knowing them for certain; empty when all is well. */
  readonly uncertainYears: readonly number[];
}

/** The end of the n-th working day after the day of `startMs` in the calendar's zone; that day itself is not counted. */
export function endOfWorkingDay(
  calendar: Calendar,
  startMs: number,
  workingDays: number,
): WorkingDayDue {
  const startDate = localDate(calendar.zone, startMs);
  let date = startDate;
  for (let left = workingDays; left > 0; ) {
    date = addDays(date, 1);
    if (isWorkingDay(calendar, date)) left -= 1;
  }
  return {
    dueMs: instantOf(calendar.zone, date, calendar.workdayEndMinutes),
    uncertainYears: uncertainYears(calendar, addDays(startDate, 1), date),
  };
}

/** Years of a span of days that the holiday file does not know for certain. */
export function uncertainYears(
  { table }: Calendar,
  from: LocalDate,
  to: LocalDate,
): readonly number[] {
  const years: number[] = [];
  for (let year = Number(from.slice(0, 4)); year <= Number(to.slice(0, 4)); year += 1)
    if (!table.certainYears.has(year)) years.push(year);
  return years;
}

/**
 * What people must be told about the holiday file now: undefined while it is certain for the coming `coverageDays`.
 * To be asked at the start and once a day.
 */
export function coverageWarning(
  calendar: Calendar,
  nowMs: number,
  coverageDays: number = slaConfig.coverageDays,
): string | undefined {
  const today = localDate(calendar.zone, nowMs);
  const years = uncertainYears(calendar, today, addDays(today, coverageDays));
  if (years.length === 0) return undefined;
  return `the holiday file ${calendar.table.ref} does not know the holidays of ${years.join(" and ")} for certain; working days there count weekends and the days it lists. Enter the announced days`;
}
