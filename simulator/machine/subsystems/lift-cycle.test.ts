import { describe, expect, test } from "vitest";
import { type LiftCycle, newCycle, stepLiftCycle } from "./lift-cycle.ts";

const room = { radiusM: [5, 30], heightM: [1, 40], slewDeg: 120, slingSeconds: 40 } as const;
const work = { activity: "work", effort: 0.6, roughness: 0.4 } as const;

function lived(seconds: number, isRefused: (cycle: LiftCycle) => boolean = () => false) {
  const cycle = newCycle(5, room);
  const at = { heightM: 1, slewDeg: 0, radiusM: 10 };
  let loadedSeconds = 0;
  for (let second = 0; second < seconds; second++) {
    stepLiftCycle(cycle, room, at, { demand: work, isRefused: isRefused(cycle) }, 1);
    at.heightM += cycle.hoist;
    at.slewDeg += 4 * cycle.slew;
    at.radiusM += cycle.reach;
    if (cycle.isLoaded) loadedSeconds++;
  }
  return { cycle, loadedSeconds };
}

describe("an operator of a crane", () => {
  test("lifts one load after the other, and comes back empty", () => {
    const { cycle, loadedSeconds } = lived(7200);
    expect(cycle.count).toBeGreaterThan(12);
    expect(cycle.turn).toBeGreaterThanOrEqual(cycle.count);
    expect(loadedSeconds / 7200).toBeGreaterThan(0.25);
    expect(loadedSeconds / 7200).toBeLessThan(0.75);
  });

  test("sets down what the limiter refuses, and counts no lift", () => {
    const { cycle } = lived(3600, ({ phase }) => phase === 1);
    expect(cycle.count).toBe(0);
    expect(cycle.turn).toBeGreaterThan(3);
  });
});
