import type { Simulation } from "./simulation.ts";

/** How often a run is looked at. Milliseconds. */
export interface LookOptions {
  readonly untilMs: number;
  /** While it is switched on. */
  readonly everyMs: number;
  /** A stretch that is looked at every second, and how often it comes while the machine works. */
  readonly window?: { readonly lengthMs: number; readonly everyMs: number };
}

const secondMs = 1_000;
/** A machine that stands says nothing; it is only asked whether it still does. */
const standingMs = 60_000;

/**
 * Lets a machine live and stops at each time at which it is to be looked at: never while it is switched off. Times are
 * multiples of the interval since the epoch, so that runs of one machine fit together.
 */
export function* timesOf(simulation: Simulation, options: LookOptions): Generator<number> {
  const { untilMs, everyMs, window } = options;
  while (simulation.timeMs < untilMs) {
    const { timeMs, demand } = simulation;
    const isOff = demand.activity === "off";
    const isClose =
      window !== undefined &&
      demand.activity === "work" &&
      timeMs % window.everyMs < window.lengthMs;
    const stepMs = isClose ? secondMs : isOff ? Math.max(standingMs, everyMs) : everyMs;
    const nextMs = Math.min(untilMs, Math.floor(timeMs / stepMs) * stepMs + stepMs);
    simulation.advanceTo(nextMs);
    if (simulation.demand.activity !== "off") yield nextMs;
  }
}
