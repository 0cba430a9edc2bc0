import { expect, test } from "vitest";
import { drawFaults } from "./draw-faults.ts";

const draw = {
  perMachineMonth: { value: 2, source: "of the test" },
  mix: [
    { fault: "often", weight: 3, cause: "a" },
    { fault: "seldom", weight: 1, cause: "b", lifeHours: 5 },
  ],
};
const of = (machineId: string, seed = 1) => drawFaults(draw, { seed, machineId, hours: 720 });
const fleet = Array.from({ length: 200 }, (_, at) => of(`M-${at}`)).flat();

test("the same seed and machine draw the same, others draw otherwise", () => {
  expect(of("M-3")).toEqual(of("M-3"));
  expect(JSON.stringify([of("M-3"), of("M-4"), of("M-5")])).not.toBe(
    JSON.stringify([of("M-3", 2), of("M-4", 2), of("M-5", 2)]),
  );
});

test("as often as said, in the proportion of the weights, each kind once on a machine", () => {
  const often = fleet.filter(({ fault }) => fault === "often").length;
  const seldom = fleet.length - often;
  // Of 2 a month the second of a kind is left out: 1 - exp(-1.5) and 1 - exp(-0.5) a machine.
  expect(often / 200).toBeCloseTo(0.777, 0);
  expect(Math.abs(often / 200 - 0.777)).toBeLessThan(0.1);
  expect(Math.abs(seldom / 200 - 0.393)).toBeLessThan(0.1);
  expect(fleet.every(({ atHour }) => atHour >= 0 && atHour < 720)).toBe(true);
});
