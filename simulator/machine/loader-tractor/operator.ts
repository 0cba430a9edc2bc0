import type { Demand } from "../../surroundings/duty.ts";

/** What the operator asks of the drives now. */
export interface TractorWish {
  readonly speedRpm: number;
  readonly speedKmh: number;
  readonly liftBar: number;
  readonly liftLpm: number;
  /** 0 neutral, negative reverse. */
  readonly gear: number;
}

export const idleRpm = 850;
/** Below it a careful operator neither revs nor loads the engine, °C: makers say to warm up at low speed for minutes. */
const warmC = 42;
/** Who is rougher than this drives off at once. Engineering default. */
const mostPatient = 0.6;
/** An open centre pumps oil round as long as the engine runs. */
const roundBar = 25;

const isWarmingUp = ({ roughness }: Demand, coolantC: number) =>
  roughness < mostPatient && coolantC < warmC;

/** Duty while it works: drive in, lift, drive back, wait; 40 s in all. A careful operator first lets a cold engine warm up. */
export function wishOf(
  demand: Demand,
  now: { readonly inCycle: number; readonly coolantC: number },
): TractorWish {
  const { activity, effort } = demand;
  const still = { speedKmh: 0, gear: 0, liftBar: roundBar };
  if (activity === "off") return { ...still, speedRpm: 0, liftBar: 0, liftLpm: 0 };
  if (activity === "idle") return { ...still, speedRpm: idleRpm, liftLpm: 18 };
  if (isWarmingUp(demand, now.coolantC)) return { ...still, speedRpm: 1100, liftLpm: 23 };
  const round = { liftBar: roundBar, liftLpm: 30 };
  if (activity === "travel") return { ...round, speedRpm: 1800, speedKmh: 21, gear: 9 };
  return loading(now.inCycle, effort);
}

function loading(inCycle: number, effort: number): TractorWish {
  const round = { liftBar: roundBar, liftLpm: 30 };
  const isLifting = inCycle >= 9 && inCycle <= 16;
  if (isLifting)
    return { speedRpm: 1850, speedKmh: 0, gear: 0, liftBar: 80 + 100 * effort, liftLpm: 40 };
  if (inCycle < 9) return { ...round, speedRpm: 1700, speedKmh: 8.5, gear: 4 };
  if (inCycle < 26) return { ...round, speedRpm: 1700, speedKmh: 8.5, gear: -3 };
  return { ...round, speedRpm: 1000, speedKmh: 0, gear: 0, liftLpm: 20 };
}
