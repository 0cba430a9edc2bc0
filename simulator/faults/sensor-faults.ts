import type { Measured } from "../machine/machine-model.ts";
import { createRandom, seedFor } from "../random.ts";

export const sensorFaultKinds = [
  "open",
  "short",
  "stuck",
  "drift",
  "noise",
  "wrong-scale",
] as const;

/** A sensor that lies while its machine is sound. */
export interface SensorFault {
  readonly signal: string;
  readonly kind: (typeof sensorFaultKinds)[number];
  /** Milliseconds since the epoch. */
  readonly fromMs: number;
  /** When it is mended; absent: never. */
  readonly untilMs?: number;
  /**
   * `drift`: units an hour; `noise`: standard deviation in units; `wrong-scale`: factor, as after a replacement by a
   * sensor of another range; `short`: what it then shows (default the lowest of the range).
   */
  readonly amount?: number;
}

/** Changes what is measured, in place; the machine knows nothing of it. `lowest` is of the plan's range. */
export type FalsifySensors = (timeMs: number, measured: Measured) => void;

/** @param lowestOf lower end of a signal's range, which a sensor shorted to ground shows */
export function createSensorFaults(
  faults: readonly SensorFault[],
  of: { readonly seed: number; readonly lowestOf: (signal: string) => number },
): FalsifySensors {
  const random = createRandom(seedFor(of.seed, "sensors"));
  const normal = () => {
    let sum = -6;
    for (let turn = 0; turn < 12; turn++) sum += random();
    return sum;
  };
  const kept = new Map<SensorFault, number>();
  return (timeMs, measured) => {
    for (const fault of faults) {
      const value = measured[fault.signal];
      const { fromMs, untilMs = Number.POSITIVE_INFINITY } = fault;
      if (timeMs < fromMs || timeMs >= untilMs || value === undefined || value === null) continue;
      if (!kept.has(fault)) kept.set(fault, value);
      measured[fault.signal] = falsified(fault, {
        value,
        first: kept.get(fault) ?? value,
        hours: (timeMs - fromMs) / 3_600_000,
        lowest: of.lowestOf(fault.signal),
        normal,
      });
    }
  };
}

function falsified(
  { kind, amount }: SensorFault,
  now: {
    readonly value: number;
    readonly first: number;
    readonly hours: number;
    readonly lowest: number;
    readonly normal: () => number;
  },
): number {
  switch (kind) {
    case "open":
      return Number.NaN;
    case "short":
      return amount ?? now.lowest;
    case "stuck":
      return now.first;
    case "drift":
      return now.value + (amount ?? 1) * now.hours;
    case "noise":
      return now.value + (amount ?? 1) * now.normal();
    case "wrong-scale":
      return now.value * (amount ?? 2);
  }
}
