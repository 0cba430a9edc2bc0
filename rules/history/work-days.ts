import {
  dailyValues,
  type HourCondition,
  type HourFigure,
  hoursMeeting,
  hoursPerDay,
  type MachineHours,
  windowDays,
} from "./hours.ts";

/** What is looked at of a signal. */
export interface HourInput {
  readonly signal: string;
  readonly of: HourFigure;
}

/** A day on which every input had hours that count. */
export interface WorkDay {
  /** UTC days since the epoch. */
  readonly day: number;
  /** Of each input the median of its hours that count. */
  readonly values: readonly number[];
  /** Hours that counted. */
  readonly hours: number;
}

export interface WorkOf {
  readonly inputs: readonly HourInput[];
  readonly when: readonly HourCondition[];
}

/** Days of work, oldest first; days on which an input has fewer than two hours that count are none. */
export function workDays(
  hours: MachineHours,
  { inputs, when }: WorkOf,
  { fromHour, lastDay }: { readonly fromHour: number; readonly lastDay: number },
): WorkDay[] {
  const [first = [], ...others] = inputs.map((input) =>
    dailyValues(hours, { ...input, when }, fromHour),
  );
  const byDay = others.map((days) => new Map(days.map((one) => [one.day, one])));
  return first.flatMap(({ day, value, hours: counted }) => {
    const rest = byDay.map((days) => days.get(day));
    if (day > lastDay || rest.some((one) => one === undefined)) return [];
    const values = [value, ...rest.map((one) => one?.value ?? Number.NaN)];
    return [{ day, values, hours: Math.min(counted, ...rest.map((one) => one?.hours ?? 0)) }];
  });
}

/** The days that a verdict on the last of them rests on: the same whenever it is made, however many hours were loaded. */
export function lookedBackOn(days: readonly WorkDay[]): readonly WorkDay[] {
  const from = (days.at(-1)?.day ?? 0) - windowDays;
  return days.slice(days.findIndex(({ day }) => day > from));
}

/** Nothing is said of a part before so many hours of its work are known: a day. */
export const fewestHours = hoursPerDay;

export const hoursIn = (days: readonly WorkDay[]): number =>
  days.reduce((sum, { hours }) => sum + hours, 0);

const daysPerWeek = 7;

/**
 * Days of the calendar that a day of work takes, by the middle half of the weeks up to the last day of work (interquartile
 * mean): a fortnight of holidays says nothing of how the machine will work, and would make every end look far. By all days
 * where that half was idle, or fewer than two weeks are known.
 */
export function daysPerWorkDay(days: readonly WorkDay[]): number {
  const [first, last] = [days[0]?.day ?? 0, days.at(-1)?.day ?? 0];
  if (days.length === 0) return 1;
  const span = last - first + 1;
  const weeks = Array.from({ length: Math.floor(span / daysPerWeek) }, () => 0);
  for (const { day } of days) {
    const week = Math.floor((last - day) / daysPerWeek);
    if (week < weeks.length) weeks[week] = (weeks[week] ?? 0) + 1;
  }
  const cut = Math.floor(weeks.length / 4);
  const middle = weeks.sort((one, other) => one - other).slice(cut, weeks.length - cut);
  const usual =
    weeks.length < 2 ? 0 : middle.reduce((sum, count) => sum + count, 0) / middle.length;
  return usual > 0 ? daysPerWeek / usual : span / days.length;
}

/** An hour that counts, with the figure of every input. */
export interface WorkHour {
  /** UTC hours since the epoch. */
  readonly hour: number;
  readonly values: readonly number[];
}

/** Hours that count and in which every input was measured, oldest first. */
export function workHours(
  hours: MachineHours,
  { inputs, when }: WorkOf,
  { fromHour, lastDay }: { readonly fromHour: number; readonly lastDay: number },
): WorkHour[] {
  const met = when.map((condition) => hoursMeeting(hours, condition));
  const [first = new Map<number, number>(), ...others] = inputs.map(({ signal, of }) => {
    const own = hours.get(signal);
    return new Map(
      Array.from(own?.hour ?? [], (hour, row) => [hour, own?.[of][row] ?? Number.NaN]),
    );
  });
  return [...first].flatMap(([hour, value]) => {
    const isOutside = hour < fromHour || hour >= (lastDay + 1) * hoursPerDay;
    if (isOutside || !met.every((one) => one.has(hour))) return [];
    const values = [value, ...others.map((other) => other.get(hour) ?? Number.NaN)];
    return values.every(Number.isFinite) ? [{ hour, values }] : [];
  });
}
