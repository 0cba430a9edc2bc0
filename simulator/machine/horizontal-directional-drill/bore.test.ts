import { describe, expect, test } from "vitest";
import { type BoreState, firstBore, stepBore } from "./bore.ts";

describe("stepBore", () => {
  test("a bore is set up, drilled, reamed and pulled through, rod by rod", () => {
    const bore = firstBore(100);
    const states: BoreState[] = [bore.state];
    const before = bore.bores;
    let mostRods = 0;
    while (bore.bores === before) {
      stepBore(bore, 0.6, 1);
      mostRods = Math.max(mostRods, bore.rods);
      if (states.at(-1) !== bore.state) states.push(bore.state);
    }
    expect(states).toEqual([0, 1, 2, 3, 0]);
    expect(mostRods).toBe(bore.planned);
    expect(bore.rods).toBe(0);
  });

  test("every rod is one connection, and time is counted only while it drills", () => {
    const bore = firstBore(100);
    const { couplings, drilledHours, bores } = bore;
    let drilled = 0;
    while (bore.bores === bores) {
      stepBore(bore, 0.6, 1);
      if (bore.isDrilling) drilled++;
    }
    expect(bore.couplings - couplings).toBe(3 * bore.planned);
    expect(bore.drilledHours - drilledHours).toBeCloseTo(drilled / 3600, 6);
  });

  test("the carriage goes with the string: into the ground, and back out of it", () => {
    const bore = firstBore(100);
    const speeds: Record<number, number[]> = { 1: [], 2: [], 3: [] };
    for (let second = 0; second < 20_000; second++) {
      const { state } = bore;
      stepBore(bore, 0.6, 1);
      if (bore.isDrilling) speeds[state]?.push(bore.carriageMps);
    }
    expect(Math.min(...(speeds[1] ?? []))).toBeGreaterThan(0);
    expect(Math.max(...(speeds[2] ?? []), ...(speeds[3] ?? []))).toBeLessThan(0);
  });
});
