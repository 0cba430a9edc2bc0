import type { Weather } from "../../surroundings/weather.ts";

/** Air before the first step. */
export const stillAir = (ambientC: number): Weather => ({
  ambientC,
  rainMmPerHour: 0,
  windMps: 0,
  gustMps: 0,
});
