import { describe, expect, test } from "vitest";
import { createSimulation } from "../run/simulation.ts";
import type { MachineType, Measured } from "./machine-model.ts";
import { machineTypes } from "./registry.ts";

const hourMs = 3_600_000;
const working = () => ({ activity: "work", effort: 0.6, roughness: 0.3 }) as const;

/** Three hours of work, looked at every ten seconds from the second hour on. */
function shift(type: MachineType, start: string, seed: number): Measured[] {
  const startMs = Date.parse(start);
  const simulation = createSimulation({ type, seed, startMs, demandAt: working });
  const seen: Measured[] = [];
  for (let at = startMs + hourMs; at < startMs + 3 * hourMs; at += 10_000) {
    simulation.advanceTo(at);
    seen.push({ ...simulation.signals() });
  }
  return seen;
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function correlation(one: readonly number[], other: readonly number[]): number {
  const [meanOne, meanOther] = [mean(one), mean(other)];
  const sum = (of: (at: number) => number) => one.reduce((total, _value, at) => total + of(at), 0);
  const a = (at: number) => (one[at] ?? 0) - meanOne;
  const b = (at: number) => (other[at] ?? 0) - meanOther;
  return sum((at) => a(at) * b(at)) / Math.sqrt(sum((at) => a(at) ** 2) * sum((at) => b(at) ** 2));
}

const column = (rows: readonly Measured[], name: string) => rows.map((row) => row[name] ?? 0);
const types = Object.values(machineTypes);
const measures = (name: string) =>
  types.filter((type) => name in (shiftOf.get(type)?.summer[0] ?? {}));
const shiftOf = new Map(
  types.map((type) => [
    type,
    {
      summer: shift(type, "2026-07-10T08:00:00+08:00", 21),
      winter: shift(type, "2026-01-10T08:00:00+08:00", 21),
    },
  ]),
);
const rowsOf = (type: MachineType) => shiftOf.get(type) ?? { summer: [], winter: [] };

describe("what belongs together moves together", () => {
  test.each(measures("engineFuelRate"))("$machineType: fuel follows torque and speed", (type) => {
    const { summer } = rowsOf(type);
    const work = summer.map(
      ({ engineSpeed, enginePercentLoadAtCurrentSpeed }) =>
        (engineSpeed ?? 0) * (enginePercentLoadAtCurrentSpeed ?? 0),
    );
    expect(correlation(work, column(summer, "engineFuelRate"))).toBeGreaterThan(0.9);
  });

  test.each(measures("engineCoolantTemperature"))(
    "$machineType: a worked engine is warm, and its thermostat holds it so in any season",
    (type) => {
      const { summer, winter } = rowsOf(type);
      const [hot, cold] = [summer, winter].map((rows) =>
        mean(column(rows, "engineCoolantTemperature")),
      );
      expect(hot).toBeGreaterThan(75);
      expect(cold).toBeGreaterThan(70);
      expect(Math.abs((hot ?? 0) - (cold ?? 0))).toBeLessThan(12);
    },
  );

  test.each(measures("hydraulicOilTemperature"))(
    "$machineType: hydraulic oil is warmer than the air, and warmer in summer",
    (type) => {
      const { summer, winter } = rowsOf(type);
      const [hot = 0, cold = 0] = [summer, winter].map((rows) =>
        mean(column(rows, "hydraulicOilTemperature")),
      );
      expect(hot).toBeGreaterThan(cold);
      expect(cold).toBeGreaterThan(mean(column(winter, "ambientAirTemperature")));
      expect(hot).toBeLessThan(80);
    },
  );

  test.each(types)("$machineType: harder work takes more power", (type) => {
    const used = (effort: number) => {
      const startMs = Date.parse("2026-05-10T08:00:00+08:00");
      const demandAt = () => ({ activity: "work", effort, roughness: 0.3 }) as const;
      const simulation = createSimulation({ type, seed: 22, startMs, demandAt });
      let energy = 0;
      for (let at = startMs + hourMs; at < startMs + 2 * hourMs; at += 1_000) {
        simulation.advanceTo(at);
        energy += simulation.power().inKw;
      }
      return energy / 3_600;
    };
    expect(used(0.9)).toBeGreaterThan(1.1 * used(0.3));
  });
});
