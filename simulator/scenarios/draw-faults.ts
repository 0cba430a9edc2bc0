import { drawn, seedFor } from "../random.ts";
import type { FaultDraw } from "./organisation-schema.ts";

/** A fault that a machine is to have, and what it really is. */
export interface DrawnFault {
  readonly fault: string;
  /** Since the beginning. */
  readonly atHour: number;
  readonly lifeHours?: number;
  /** Of the plan's failure mode. */
  readonly cause: string;
}

const daysPerMonth = 30;

/** Faults of one machine over so many hours: by the seed and the machine alone, whoever serves it. */
export function drawFaults(
  { perMachineMonth, mix }: FaultDraw,
  of: { readonly seed: number; readonly machineId: string; readonly hours: number },
): readonly DrawnFault[] {
  const seed = seedFor(seedFor(of.seed, of.machineId), "faults");
  const whole = mix.reduce((sum, { weight }) => sum + weight, 0);
  const faults: DrawnFault[] = [];
  for (let day = 0; day < of.hours / 24; day++) {
    if (drawn(seed, day, 40) >= perMachineMonth.value / daysPerMonth) continue;
    let left = drawn(seed, day, 41) * whole;
    const kind = mix.find(({ weight }) => {
      left -= weight;
      return left < 0;
    });
    if (!kind || faults.some(({ fault }) => fault === kind.fault)) continue;
    const { weight: _weight, ...rest } = kind;
    faults.push({ ...rest, atHour: (day + drawn(seed, day, 42)) * 24 });
  }
  return faults;
}
