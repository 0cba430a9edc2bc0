import type { Demand } from "../../surroundings/duty.ts";
import type { Bore } from "./bore.ts";

/** What operator and ground ask of the drives; pressures in bar before a fault changes them. */
export interface DrillWish {
  readonly engineRpm: number;
  readonly rotationRpm: number;
  readonly rotationBar: number;
  readonly thrustBar: number;
  readonly pullbackBar: number;
  readonly mudRpm: number;
}

const still = { rotationRpm: 0, rotationBar: 0, thrustBar: 0, pullbackBar: 0, mudRpm: 0 };

/**
 * Drives of the present state; the ground is harder here and softer there, a rough operator jerks the string. Engineering
 * defaults (thrust and pullback to 240 bar, rotation to 220 bar and 250 rpm, mud 150 L/min at 500 rpm).
 */
export function wishOf(bore: Bore, demand: Demand, workedSeconds: number): DrillWish {
  const { activity, effort, roughness } = demand;
  if (activity === "off") return { ...still, engineRpm: 0 };
  if (activity === "idle") return { ...still, engineRpm: 850 };
  if (activity === "travel") return { ...still, engineRpm: 1800 };
  if (bore.state === 0) return { ...still, engineRpm: 1200 };
  if (!bore.isDrilling) return coupling(bore);
  const soil = 1 + 0.15 * Math.sin(workedSeconds / 700) + 0.08 * Math.sin(workedSeconds / 47);
  const jerk = workedSeconds % 40 < 3 ? 1 + 0.15 * roughness : 1;
  const hard = effort * soil * jerk;
  const engineRpm = 1850 + 250 * effort;
  const mudRpm = 260 + 200 * effort;
  if (bore.state === 1) return pilot(bore, { hard, engineRpm, mudRpm, effort });
  if (bore.state === 2) {
    const pullbackBar = 60 + 50 * hard;
    return {
      ...still,
      engineRpm,
      mudRpm,
      pullbackBar,
      rotationRpm: 85,
      rotationBar: 80 + 55 * hard,
    };
  }
  const pulled = 1 - bore.rods / bore.planned;
  const pullbackBar = 75 + 80 * hard * (0.4 + 0.6 * pulled);
  return { ...still, engineRpm, mudRpm, pullbackBar, rotationRpm: 65, rotationBar: 70 + 45 * hard };
}

/** Every fourth rod is steered: pushed without turning. */
function pilot(
  bore: Bore,
  of: {
    readonly hard: number;
    readonly effort: number;
    readonly engineRpm: number;
    readonly mudRpm: number;
  },
): DrillWish {
  const { hard, effort, engineRpm, mudRpm } = of;
  const isSteering = bore.rods % 4 === 3 && bore.onRod < 1.5;
  return {
    engineRpm,
    mudRpm,
    rotationRpm: isSteering ? 0 : 90 + 60 * effort,
    rotationBar: isSteering ? 0 : 55 + 60 * hard,
    thrustBar: (50 + 65 * hard) * (isSteering ? 1.25 : 1),
    pullbackBar: 0,
  };
}

/** Mud off, joint broken loose with the spindle nearly still, next rod, joint made up. */
function coupling({ couplesFor }: Bore): DrillWish {
  const isTurning = couplesFor > 2 && couplesFor < 18;
  const isBreaking = couplesFor > 28 && couplesFor < 32;
  return {
    ...still,
    engineRpm: 1700,
    rotationRpm: isTurning ? 60 : isBreaking ? 8 : 0,
    rotationBar: isTurning ? 45 : isBreaking ? 195 : 0,
  };
}
