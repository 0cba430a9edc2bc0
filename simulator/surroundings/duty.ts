import { drawn, drawnNormal } from "../random.ts";
import type { Climate } from "./climate.ts";
import { dayOf, hourOf, startOfDay, weekdayOf } from "./local-time.ts";
import { weatherAt } from "./weather.ts";

/** What the operator wants of the machine. */
export type Activity = "off" | "idle" | "travel" | "work";

export interface Demand {
  activity: Activity;
  /** How hard it is worked, 0 to 1. */
  effort: number;
  /** How the operator treats it: 0 with care, 1 roughly. */
  roughness: number;
}

/** How a machine is used; engineering defaults unless said. */
export interface DutyProfile {
  /** Local hours at which the shift usually begins and ends. */
  readonly shift: readonly [fromHour: number, toHour: number];
  /** Share of the shift the engine idles, with a careful operator. */
  readonly idleShare: number;
  /** Share of the shift it travels. */
  readonly travelShare: number;
  /** Typical effort while it works, 0 to 1. */
  readonly effort: number;
  /** Rain above this stops the work, mm/h. */
  readonly stopsAtRain: number;
  /** Gusts above this stop the work, m/s. */
  readonly stopsAtGust: number;
}

interface Block extends Demand {
  /** Local hours since midnight. */
  readonly until: number;
}

const lunchHours = [11.8, 13] as const;
const off: Demand = { activity: "off", effort: 0, roughness: 0 };

/**
 * Duty of one machine as a function of time: shifts, breaks, Sundays, the Spring Festival, rain and wind, idling, careful
 * and rough operators (a new one every two weeks). A day depends on seed and date alone, so runs that begin on different
 * days agree where they overlap.
 */
export function createDuty(
  seed: number,
  profile: DutyProfile,
  climate: Climate,
): (timeMs: number) => Demand {
  let day = Number.NaN;
  let blocks: readonly Block[] = [];
  return (timeMs) => {
    const today = dayOf(timeMs);
    if (today !== day) {
      day = today;
      blocks = isWorkday(seed, day) ? blocksOf({ seed, profile, climate, day }) : [];
    }
    const hour = hourOf(timeMs);
    return blocks.find(({ until }) => hour < until) ?? off;
  };
}

function isWorkday(seed: number, day: number): boolean {
  if (isSpringFestival(day)) return false;
  return drawn(seed, day, 20) < (weekdayOf(day) === 0 ? 0.35 : 0.94);
}

const chineseCalendar = new Intl.DateTimeFormat("en-u-ca-chinese", {
  timeZone: "Asia/Shanghai",
  month: "numeric",
  day: "numeric",
});

/** Sites close from the 24th day of the last lunar month to the 10th of the first. */
function isSpringFestival(day: number): boolean {
  const parts = chineseCalendar.formatToParts(startOfDay(day) + 12 * 3_600_000);
  const number = (type: "month" | "day") =>
    Number.parseInt(parts.find((part) => part.type === type)?.value ?? "0", 10);
  const [month, date] = [number("month"), number("day")];
  return (month === 12 && date >= 24) || (month === 1 && date <= 10);
}

function blocksOf(of: {
  readonly seed: number;
  readonly profile: DutyProfile;
  readonly climate: Climate;
  readonly day: number;
}): Block[] {
  const { seed, profile, climate, day } = of;
  const roughness = Math.min(
    1,
    Math.max(0, 0.3 + 0.2 * drawnNormal(seed, Math.floor(day / 14), 21)),
  );
  const from = profile.shift[0] + 0.4 * drawnNormal(seed, day, 22);
  const to = profile.shift[1] + 0.7 * drawnNormal(seed, day, 23);
  const blocks: Block[] = [{ ...off, until: from }];
  const effortToday = profile.effort * (1 + 0.12 * drawnNormal(seed, day, 24));
  for (let at = from, turn = 0; at < to; turn++) {
    if (at >= lunchHours[0] && at < lunchHours[1]) {
      blocks.push({ ...off, until: lunchHours[1] });
      at = lunchHours[1];
      continue;
    }
    const demand = demandOf({ seed, profile, roughness, effortToday }, day, turn);
    const lasts =
      demand.activity === "work"
        ? 0.2 + 0.9 * drawn(seed, day, turn, 25)
        : 0.05 + 0.2 * drawn(seed, day, turn, 26);
    const noon = at < lunchHours[0] ? lunchHours[0] : to;
    const weather = weatherAt(seed, climate, startOfDay(day) + at * 3_600_000);
    const isStormy =
      weather.rainMmPerHour > profile.stopsAtRain || weather.gustMps > profile.stopsAtGust;
    at = Math.min(at + lasts, noon, to);
    blocks.push(isStormy ? { ...off, until: at } : { ...demand, until: at });
  }
  return blocks;
}

function demandOf(
  of: {
    readonly seed: number;
    readonly profile: DutyProfile;
    readonly roughness: number;
    readonly effortToday: number;
  },
  day: number,
  turn: number,
): Demand {
  const { seed, profile, roughness, effortToday } = of;
  // Blocks of work last about three times as long as the others.
  const weight = (share: number) => 3.3 * share;
  const idle = weight(profile.idleShare * (0.7 + roughness));
  const travel = weight(profile.travelShare);
  const work = 1 - profile.idleShare - profile.travelShare;
  const choice = turn === 0 ? 0 : drawn(seed, day, turn, 27) * (idle + travel + work);
  if (choice < idle) return { activity: "idle", effort: 0, roughness };
  if (choice < idle + travel) return { activity: "travel", effort: 0.4, roughness };
  const effort =
    effortToday * (0.85 + 0.3 * drawn(seed, day, turn, 28)) * (0.95 + 0.15 * roughness);
  return { activity: "work", effort: Math.min(1, Math.max(0.1, effort)), roughness };
}
