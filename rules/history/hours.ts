/** What an hour of a signal is judged by. */
export type HourFigure = "min" | "mean" | "max";

/** Completed hours of one signal, oldest first; only those in which a sample was good. All columns are equally long. */
export interface SignalHours extends Readonly<Record<HourFigure, ArrayLike<number>>> {
  /** UTC hours since the Unix epoch, ascending. */
  readonly hour: ArrayLike<number>;
  /** Good samples. */
  readonly count: ArrayLike<number>;
}

/** Completed hours of one machine, by the signal's name. */
export type MachineHours = ReadonlyMap<string, SignalHours>;

/** One condition on an hour: the figure of its samples lies within (limits excluded). */
export interface HourCondition {
  readonly signal: string;
  readonly of: HourFigure;
  readonly above?: number;
  readonly below?: number;
}

/** Days before the one judged that a rule looks at. Engineering default: slow wear shows within half a year. */
export const windowDays = 180;
export const hoursPerDay = 24;
export const msPerDay = 86_400_000;
export const msPerHour = 3_600_000;

/** The end of a UTC day since the epoch, ISO 8601. */
export const endOfDay = (day: number): string => new Date((day + 1) * msPerDay).toISOString();
/** Its start. */
export const startOfDay = (day: number): string => new Date(day * msPerDay).toISOString();

/** What a machine showed on a day. */
export interface DayValue {
  /** UTC days since the epoch. */
  readonly day: number;
  readonly value: number;
  /** Hours that counted. */
  readonly hours: number;
}

/** Fewer hours than this do not speak for a day. Engineering default. */
const fewestHours = 2;

/**
 * One value for each UTC day, oldest first: the median of its hours that count. Days with fewer than two such hours are
 * left out. A robust value: an hour that was not like the others (a cold start, a test) does not move it.
 */
export function dailyValues(
  hours: MachineHours,
  {
    signal,
    of,
    when,
  }: {
    readonly signal: string;
    readonly of: HourFigure;
    readonly when: readonly HourCondition[];
  },
  fromHour = Number.NEGATIVE_INFINITY,
): DayValue[] {
  const own = hours.get(signal);
  if (own === undefined) return [];
  const met = when.map((condition) => hoursMeeting(hours, condition));
  const days: DayValue[] = [];
  let values: number[] = [];
  let day = Number.NaN;
  const end = () => {
    if (values.length >= fewestHours)
      days.push({ day, value: median(values), hours: values.length });
    values = [];
  };
  for (let row = 0; row < own.hour.length; row++) {
    const hour = own.hour[row] ?? Number.NaN;
    if (hour < fromHour || !met.every((one) => one.has(hour))) continue;
    const ofHour = Math.floor(hour / hoursPerDay);
    if (ofHour !== day) end();
    day = ofHour;
    values.push(own[of][row] ?? Number.NaN);
  }
  end();
  return days;
}

/** Hours that meet a condition. */
export function hoursMeeting(
  hours: MachineHours,
  { signal, of, above = Number.NEGATIVE_INFINITY, below = Number.POSITIVE_INFINITY }: HourCondition,
): Set<number> {
  const own = hours.get(signal);
  const met = new Set<number>();
  for (let row = 0; own && row < own.hour.length; row++) {
    const value = own[of][row] ?? Number.NaN;
    if (value > above && value < below) met.add(own.hour[row] ?? Number.NaN);
  }
  return met;
}

/** NaN of nothing. */
export function median(values: readonly number[]): number {
  const inOrder = values.toSorted((one, other) => one - other);
  const middle = inOrder.length >> 1;
  const upper = inOrder[middle] ?? Number.NaN;
  return inOrder.length % 2 === 1 ? upper : ((inOrder[middle - 1] ?? Number.NaN) + upper) / 2;
}
