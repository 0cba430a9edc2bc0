import {
  badConfiguration,
  type ConfigPath,
  type ConfigProblem,
  inFileOrder,
  loadConfig,
} from "@firebreak/kit/load-config.ts";
import { type Static, Type } from "typebox";
import { closed } from "../vocabulary.ts";
import type { HolidayTable } from "./calendar.ts";
import { addDays, daysBetween, isDate, type LocalDate, weekday } from "./zone-time.ts";

const LocalDay = Type.String({
  pattern: "^\\d{4}-\\d{2}-\\d{2}$",
  description: "day like 2026-05-01",
});

const Year = Type.Object(
  {
    status: Type.Enum(["announced", "statutory_only"], {
      description: "announced: in full; statutory_only: without bridging days and worked weekends",
    }),
    source: Type.String({ minLength: 1, description: "document the days come from" }),
    daysOff: Type.Array(
      Type.Object(
        {
          name: Type.Object(
            { en: Type.String({ minLength: 1 }), "zh-CN": Type.String({ minLength: 1 }) },
            closed,
          ),
          from: LocalDay,
          to: LocalDay,
        },
        closed,
      ),
    ),
    workedWeekends: Type.Array(LocalDay, {
      description: "Saturdays and Sundays that are working days",
    }),
  },
  closed,
);

const HolidayFile = Type.Object(
  {
    id: Type.String({ pattern: "^[a-z][a-z0-9-]*$", description: "kebab-case id" }),
    version: Type.Integer({ minimum: 1, description: "raised with every change" }),
    years: Type.Record(Type.String({ pattern: "^\\d{4}$" }), Year, closed),
  },
  closed,
);
type HolidayFile = Static<typeof HolidayFile>;
type Year = Static<typeof Year>;

interface Mistake {
  readonly path: ConfigPath;
  readonly message: string;
}

/** Longest holiday believed, days; a longer one is a slip of the pen. */
const maxDaysOff = 20;

/**
 * Reads a holiday file. Pure.
 * @throws CodedError BAD_CONFIGURATION with every mistake at once, each with line and column
 */
export function parseHolidayFile(file: string, text: string): HolidayTable {
  const loaded = loadConfig(text, HolidayFile);
  const draft = "problems" in loaded ? loaded.draft : loaded.value;
  const problems: ConfigProblem[] = [
    ...("problems" in loaded ? loaded.problems : []),
    ...mistakesOf(draft).map(({ path, message }) => loaded.problemAt(path, message)),
  ];
  if ("problems" in loaded || problems.length > 0)
    throw badConfiguration(file, inFileOrder(problems));
  return tableOf(loaded.value);
}

/** Of a file that may not even fit the schema: what does not fit is the schema's to tell. */
function mistakesOf(draft: unknown): Mistake[] {
  const years = (draft as Partial<HolidayFile> | null)?.years;
  if (years === null || typeof years !== "object") return [];
  return Object.entries(years).flatMap(([year, entry]) =>
    Array.isArray(entry?.daysOff) && Array.isArray(entry.workedWeekends)
      ? mistakesOfYear(year, entry)
      : [],
  );
}

function mistakesOfYear(year: string, { daysOff, workedWeekends }: Year): Mistake[] {
  const path = ["years", year];
  const off = new Set<LocalDate>();
  const found = daysOff.flatMap((holiday, index) =>
    mistakesOfHoliday(holiday, [...path, "daysOff", index], { year, off }),
  );
  const seen = new Set<LocalDate>();
  for (const [index, date] of workedWeekends.entries()) {
    const message = mistakeOfWorked(date, { year, off, seen });
    if (message !== undefined) found.push({ path: [...path, "workedWeekends", index], message });
    seen.add(date);
  }
  return found;
}

function mistakesOfHoliday(
  holiday: Year["daysOff"][number],
  path: ConfigPath,
  { year, off }: { readonly year: string; readonly off: Set<LocalDate> },
): Mistake[] {
  const { from, to } = holiday ?? {};
  const wrong = (["from", "to"] as const).flatMap((key) => {
    const message = mistakeOfDate(holiday?.[key], year);
    return message === undefined ? [] : [{ path: [...path, key], message }];
  });
  if (wrong.length > 0 || !isDate(from) || !isDate(to)) return wrong;
  const length = daysBetween(from, to) + 1;
  if (length < 1) return [{ path: [...path, "to"], message: `${to} is before ${from}` }];
  if (length > maxDaysOff)
    return [{ path: [...path, "to"], message: `a holiday of ${length} days; check the dates` }];
  for (let date = from; date <= to; date = addDays(date, 1)) {
    if (off.has(date))
      return [{ path: [...path, "from"], message: `${date} is a day off already` }];
    off.add(date);
  }
  return [];
}

function mistakeOfWorked(
  date: LocalDate,
  known: {
    readonly year: string;
    readonly off: ReadonlySet<LocalDate>;
    readonly seen: ReadonlySet<LocalDate>;
  },
): string | undefined {
  const wrong = mistakeOfDate(date, known.year);
  if (wrong !== undefined || !isDate(date)) return wrong;
  if (known.off.has(date)) return `${date} is a day off above; it cannot be worked too`;
  if (known.seen.has(date)) return `${date} is listed already`;
  const day = weekday(date);
  return day === 0 || day === 6 ? undefined : `${date} is not a Saturday or Sunday`;
}

/** Undefined for a good day, and for what the schema speaks of already. */
function mistakeOfDate(date: unknown, year: string): string | undefined {
  if (typeof date !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(date)) return undefined;
  if (!isDate(date)) return `there is no day ${date}`;
  return date.startsWith(year) ? undefined : `${date} is not in ${year}; move it to its own year`;
}

function tableOf({ id, version, years }: HolidayFile): HolidayTable {
  const entries = Object.entries(years);
  return {
    ref: `${id}@${version}`,
    holidays: new Set(
      entries.flatMap(([, { daysOff }]) =>
        daysOff.flatMap(({ from, to }) =>
          Array.from({ length: daysBetween(from, to) + 1 }, (_, index) => addDays(from, index)),
        ),
      ),
    ),
    workingWeekends: new Set(entries.flatMap(([, { workedWeekends }]) => workedWeekends)),
    certainYears: new Set(
      entries.flatMap(([year, { status }]) => (status === "announced" ? [Number(year)] : [])),
    ),
  };
}
