import {
  type CrossingForecaster,
  createCrossingForecaster,
} from "../../prognosis/trend/forecast-crossing.ts";

/** Horizons are rounded up to whole steps, so that a fleet shares its tables. Engineering default. */
const step = 10;
/** A table for 200 samples takes some 200 kB; longer horizons are answered by it. Engineering default. */
const longest = 200;
const forecasters = new Map<number, CrossingForecaster>();

/** The forecaster for a horizon of so many samples, or up to nine more; made once. Answers depend on the task alone. */
export function forecasterFor(samples: number): CrossingForecaster {
  const horizon = Math.min(longest, Math.ceil(samples / step) * step);
  const known = forecasters.get(horizon);
  if (known) return known;
  const made = createCrossingForecaster(horizon);
  forecasters.set(horizon, made);
  return made;
}
