import { drawn, drawnNormal } from "../random.ts";
import type { Climate } from "./climate.ts";
import { dayOf, dayOfYear, hourOf } from "./local-time.ts";

/** The air around a machine. */
export interface Weather {
  ambientC: number;
  rainMmPerHour: number;
  /** Mean of ten minutes, m/s. */
  windMps: number;
  /** Strongest three seconds of these, m/s. */
  gustMps: number;
}

const coldestDay = 20;
const coldestHour = 5;
/** How much of a day's departure from the normal lives on in the next. */
const persistence = 0.65;

/**
 * Weather of a place at a time, a pure function of seed and time: season, time of day, warm and cold spells, rain of some
 * hours and wind with gusts. Engineering defaults.
 */
export function weatherAt(seed: number, climate: Climate, timeMs: number): Weather {
  const day = dayOf(timeMs);
  const hour = hourOf(timeMs);
  const season = Math.cos((2 * Math.PI * (dayOfYear(day) - coldestDay)) / 365.25);
  const mean =
    (climate.januaryC + climate.julyC) / 2 - (season * (climate.julyC - climate.januaryC)) / 2;
  const rain = rainOf(seed, climate, day, season);
  const swing = (climate.dailyRangeK / 2) * (rain.mmPerHour > 0 ? 0.4 : 1);
  const isRaining = hour >= rain.fromHour && hour < rain.toHour;
  const overnight = spell(seed, day) + ((spell(seed, day + 1) - spell(seed, day)) * hour) / 24;
  const windMps = windOf(seed, climate, day, hour);
  const gustiness = 1.35 + 0.5 * drawn(seed, day, Math.floor(hour * 6), 5);
  return {
    ambientC: mean + overnight - swing * Math.cos((2 * Math.PI * (hour - coldestHour)) / 24),
    rainMmPerHour: isRaining ? rain.mmPerHour : 0,
    windMps,
    gustMps: windMps * gustiness,
  };
}

/** Kelvin by which a day is warmer than its season. */
function spell(seed: number, day: number): number {
  let sum = 0;
  let weight = 1;
  for (let back = 0; back < 6; back++, weight *= persistence)
    sum += weight * drawnNormal(seed, day - back, 1);
  return 2.2 * sum;
}

function rainOf(seed: number, climate: Climate, day: number, season: number) {
  const [dry, wet] = climate.rainyDays;
  const isRainy = drawn(seed, day, 2) < dry + ((wet - dry) * (1 - season)) / 2;
  const fromHour = 24 * drawn(seed, day, 3);
  return {
    mmPerHour: isRainy ? 0.4 + 12 * drawn(seed, day, 4) ** 3 : 0,
    fromHour,
    toHour: fromHour + 1 + 7 * drawn(seed, day, 6),
  };
}

function windOf(seed: number, climate: Climate, day: number, hour: number): number {
  const strength = Math.max(0.3, 1 + 0.5 * drawnNormal(seed, day, 7));
  const byDay = 1 + 0.35 * Math.sin((2 * Math.PI * (hour - 8)) / 24);
  return climate.windMps * strength * byDay * (0.9 + 0.2 * drawn(seed, day, Math.floor(hour), 8));
}
