import { createRandom } from "../seeded-random.ts";
import type { History } from "./history.ts";

interface MadeHistories {
  readonly units: number;
  readonly seed: number;
  /** Rows that are left off the end of each life, at random up to this many; 0: they ran to failure. */
  readonly cutUpTo?: number;
}

/** A history and how long its unit still had to go. */
export interface MadeHistory extends History {
  readonly rul: number;
}

const signalCount = 6;

/**
 * Lives of 80 to 140 cycles in which wear grows exponentially from an onset 40 to 60 cycles before the end: four
 * signals of different scale and direction see it, one is noise alone and one never changes.
 */
export function madeHistories({ units, seed, cutUpTo = 0 }: MadeHistories): MadeHistory[] {
  const random = createRandom(seed);
  const gaussian = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const gains = [1, -30, 0.02, 400, 0, 0];
  const levels = [640, 1500, 0.5, -8000, 10, 100];
  return Array.from({ length: units }, (_, at) => {
    const life = 80 + Math.floor(random() * 60);
    const onset = life - 40 - Math.floor(random() * 20);
    const rul = Math.floor(random() * cutUpTo);
    const seen = life - rul;
    const wear = (cycle: number) =>
      (Math.expm1((3 * Math.max(0, cycle - onset)) / (life - onset)) / Math.expm1(3)) * 6;
    const signals = Array.from({ length: signalCount }, (_, signal) =>
      Float64Array.from({ length: seen }, (_, cycle) => {
        const noise = signal === signalCount - 1 ? 0 : gaussian();
        const scale = Math.abs(gains[signal] ?? 0) || 1;
        return (levels[signal] ?? 0) + (gains[signal] ?? 0) * wear(cycle + 1) + scale * noise;
      }),
    );
    const cycles = Float64Array.from({ length: seen }, (_, cycle) => cycle + 1);
    return { unit: `made-${at + 1}`, cycles, signals, rul };
  });
}
