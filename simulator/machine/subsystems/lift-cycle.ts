import { drawn } from "../../random.ts";
import type { Demand } from "../../surroundings/duty.ts";

/** What a crane can reach, metres and degrees. */
export interface LiftRoom {
  readonly radiusM: readonly [nearest: number, farthest: number];
  readonly heightM: readonly [lowest: number, highest: number];
  /** How far it slews with a load at most. */
  readonly slewDeg: number;
  /** Seconds to sling a load at usual effort. */
  readonly slingSeconds: number;
}

/** Where the hook is. */
export interface HookPlace {
  readonly heightM: number;
  readonly slewDeg: number;
  readonly radiusM: number;
}

/** Taking a load, carrying it and coming back; `phase` is a place in `phases`. */
export interface LiftCycle {
  readonly seed: number;
  phase: number;
  inPhaseSeconds: number;
  /** Lifts tried; what a lift is like depends on it alone. */
  turn: number;
  /** Lifts since the start. */
  count: number;
  /** Of what the crane may lift at the farther of both places; above 1 the operator tries too much. */
  loadShare: number;
  isLoaded: boolean;
  pickRadiusM: number;
  putRadiusM: number;
  pickSlewDeg: number;
  putSlewDeg: number;
  putHeightM: number;
  waitSeconds: number;
  /** What the levers ask for, -1 to 1: up, right, outward positive. */
  hoist: number;
  slew: number;
  reach: number;
}

const phases = [
  "sling",
  "lift",
  "carry",
  "lower",
  "unsling",
  "clear",
  "return",
  "descend",
] as const;
const slowHeightM = 3;
const slowSlewDeg = 9;
const slowRadiusM = 2.5;

export function newCycle(seed: number, room: LiftRoom): LiftCycle {
  const cycle: LiftCycle = {
    seed,
    phase: 0,
    inPhaseSeconds: 0,
    turn: 0,
    count: 0,
    loadShare: 0,
    isLoaded: false,
    pickRadiusM: room.radiusM[0],
    putRadiusM: room.radiusM[0],
    pickSlewDeg: 0,
    putSlewDeg: 0,
    putHeightM: room.heightM[0],
    waitSeconds: 60,
    hoist: 0,
    slew: 0,
    reach: 0,
  };
  plan(cycle, room, 0.5, 0);
  return cycle;
}

/** Draws places and load of the next lift; by its number alone, so that reading sensors changes nothing. */
function plan(cycle: LiftCycle, room: LiftRoom, effort: number, roughness: number): void {
  const { seed, turn } = cycle;
  const [nearest, farthest] = room.radiusM;
  const [, highest] = room.heightM;
  cycle.pickRadiusM = nearest + (farthest - nearest) * drawn(seed, turn, 1);
  cycle.putRadiusM = nearest + (farthest - nearest) * drawn(seed, turn, 2);
  // There and back alternate, so that no cable is wound up.
  const way = turn % 2 === 0 ? 1 : -1;
  cycle.pickSlewDeg = 0;
  cycle.putSlewDeg = way * room.slewDeg * (0.35 + 0.65 * drawn(seed, turn, 3));
  cycle.putHeightM = 5 + (highest - 12) * drawn(seed, turn, 4);
  cycle.loadShare = Math.min(0.9, (0.4 + 0.6 * effort) * (0.6 + 0.6 * drawn(seed, turn, 5)));
  // Now and then someone tries a load that is above the chart. Engineering default: up to one lift in 100.
  const isGreedy = drawn(seed, turn, 6) < 0.01 * Math.min(1, 0.4 + roughness);
  if (isGreedy) {
    cycle.loadShare = 1.08 + 0.14 * drawn(seed, turn, 7);
    cycle.putRadiusM = cycle.pickRadiusM;
  }
  cycle.waitSeconds = room.slingSeconds * (1.4 - 0.8 * effort) * (0.7 + 0.6 * drawn(seed, turn, 8));
}

/**
 * Advances the operator by `dt` seconds, in place: while it is worked one lift follows the other; in a break a load that
 * hangs is still brought to its place. A load that the limiter refuses (`isRefused`) is set down again.
 */
export function stepLiftCycle(
  cycle: LiftCycle,
  room: LiftRoom,
  at: HookPlace,
  now: { readonly demand: Demand; readonly isRefused: boolean },
  dt: number,
): void {
  const { demand } = now;
  rest(cycle);
  if (demand.activity === "off") {
    cycle.isLoaded = false;
    cycle.phase = 6;
    cycle.inPhaseSeconds = 0;
    return;
  }
  if (demand.activity !== "work" && !cycle.isLoaded) return;
  cycle.inPhaseSeconds += dt;
  if (now.isRefused && cycle.isLoaded && cycle.phase === 1) give(cycle);
  if (isDone(cycle, room, at)) next(cycle, room, demand);
  pull(cycle, room, at);
}

/** The load stands again before the hook is raised. */
function give(cycle: LiftCycle): void {
  cycle.isLoaded = false;
  cycle.phase = 5;
  cycle.inPhaseSeconds = 0;
}

function rest(cycle: LiftCycle): void {
  cycle.hoist = 0;
  cycle.slew = 0;
  cycle.reach = 0;
}

function isDone(cycle: LiftCycle, room: LiftRoom, at: HookPlace): boolean {
  if (cycle.inPhaseSeconds > 400) return true;
  switch (phases[cycle.phase]) {
    case "sling":
    case "unsling":
      return cycle.inPhaseSeconds >= cycle.waitSeconds;
    case "carry":
    case "return":
      return (
        Math.abs(slewTarget(cycle) - at.slewDeg) < 1.5 &&
        Math.abs(radiusTarget(cycle) - at.radiusM) < 0.6
      );
    default:
      return Math.abs(heightTarget(cycle, room) - at.heightM) < 0.5;
  }
}

function next(cycle: LiftCycle, room: LiftRoom, demand: Demand): void {
  if (cycle.phase === 5) {
    cycle.turn++;
    plan(cycle, room, demand.effort, demand.roughness);
  }
  if (cycle.phase === 0) cycle.isLoaded = true;
  if (cycle.phase === 4) {
    cycle.isLoaded = false;
    cycle.count++;
  }
  cycle.phase = (cycle.phase + 1) % phases.length;
  cycle.inPhaseSeconds = 0;
}

/** Levers go to full, and back as the place comes near. */
function pull(cycle: LiftCycle, room: LiftRoom, at: HookPlace): void {
  switch (phases[cycle.phase]) {
    case "sling":
    case "unsling":
      return;
    case "carry":
    case "return":
      cycle.slew = lever(slewTarget(cycle) - at.slewDeg, slowSlewDeg);
      cycle.reach = lever(radiusTarget(cycle) - at.radiusM, slowRadiusM);
      return;
    default:
      cycle.hoist = lever(heightTarget(cycle, room) - at.heightM, slowHeightM);
  }
}

function lever(distance: number, slow: number): number {
  const pulled = Math.max(-1, Math.min(1, distance / slow));
  return Math.sign(pulled) * Math.max(0.12, Math.abs(pulled));
}

const isOutward = ({ phase }: LiftCycle) => phase >= 1 && phase <= 4;

const slewTarget = (cycle: LiftCycle) => (isOutward(cycle) ? cycle.putSlewDeg : cycle.pickSlewDeg);

const radiusTarget = (cycle: LiftCycle) =>
  isOutward(cycle) ? cycle.putRadiusM : cycle.pickRadiusM;

function heightTarget(cycle: LiftCycle, room: LiftRoom): number {
  const [lowest, highest] = room.heightM;
  switch (phases[cycle.phase]) {
    case "lift":
    case "clear":
      return Math.min(highest, cycle.putHeightM + 6);
    case "lower":
      return cycle.putHeightM;
    default:
      return lowest;
  }
}
