import { drawn } from "../../random.ts";
import type { Demand } from "../../surroundings/duty.ts";

/** Where the operator is in a strip of fresh asphalt: passes forward and back, then the next strip. */
export interface Lanes {
  readonly seed: number;
  strip: number;
  /** 0 to 9; the first four at high amplitude, the next four at low, the last two without. */
  pass: number;
  inPassSeconds: number;
  waitSeconds: number;
  /** Of the travel lever, -1 to 1. */
  lever: number;
  amplitude: "none" | "low" | "high";
  isWaiting: boolean;
}

const passesPerStrip = 10;
const highPasses = 4;
const vibratedPasses = 8;
const turnSeconds = 4;
const stripM = 55;

export const firstLane = (seed: number): Lanes => ({
  seed,
  strip: 0,
  pass: 0,
  inPassSeconds: 0,
  waitSeconds: 0,
  lever: 0,
  amplitude: "none",
  isWaiting: false,
});

/** Rolling speed that is aimed at, km/h: 3 to 6. */
export const rollingKmh = (effort: number): number => 3 + 3 * effort;

/**
 * Advances the operator by `dt` seconds, in place: passes at an even speed, a turn of some seconds without vibration between
 * them, then a wait for the paver. Engineering defaults.
 */
export function stepLanes(lanes: Lanes, { activity, effort }: Demand, dt: number): void {
  lanes.lever = 0;
  lanes.amplitude = "none";
  if (activity !== "work") {
    lanes.isWaiting = false;
    return;
  }
  lanes.inPassSeconds += dt;
  if (lanes.isWaiting) {
    if (lanes.inPassSeconds >= lanes.waitSeconds) begin(lanes, 0);
    return;
  }
  const passSeconds = stripM / (rollingKmh(effort) / 3.6);
  if (lanes.inPassSeconds >= passSeconds + turnSeconds) {
    if (lanes.pass + 1 >= passesPerStrip) awaitPaver(lanes, effort);
    else begin(lanes, lanes.pass + 1);
    return;
  }
  if (lanes.inPassSeconds >= passSeconds) return;
  lanes.lever = lanes.pass % 2 === 0 ? 1 : -1;
  const isVibrated = lanes.pass < vibratedPasses && lanes.inPassSeconds < passSeconds - 2;
  if (isVibrated) lanes.amplitude = lanes.pass < highPasses ? "high" : "low";
}

function begin(lanes: Lanes, pass: number): void {
  lanes.pass = pass;
  lanes.inPassSeconds = 0;
  lanes.isWaiting = false;
}

function awaitPaver(lanes: Lanes, effort: number): void {
  lanes.strip++;
  lanes.inPassSeconds = 0;
  lanes.isWaiting = true;
  lanes.waitSeconds = (40 + 260 * drawn(lanes.seed, lanes.strip, 1)) * (1.4 - effort);
}
