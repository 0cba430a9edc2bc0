import { loadPlan } from "@firebreak/plans/load-plans.ts";
import { describe, expect, test } from "vitest";
import { createSimulation } from "../run/simulation.ts";
import type { FaultOrder } from "./machine-model.ts";
import { machineTypes } from "./registry.ts";

const startMs = Date.parse("2026-06-01T00:00:00+08:00");
const hourMs = 3_600_000;
const shiftMs = startMs + 8 * hourMs;
const working = () => ({ activity: "work", effort: 0.85, roughness: 0.6 }) as const;
const everyMs = 60_000;
const days = process.env.FIREBREAK_SOAK === undefined ? 1 : 7;
/** Only ever grow, by the words their names end in. */
const isCounter = (signal: string) => /(Count|Hours|FuelUsed|HoursOfOperation)$/.test(signal);

describe.each(Object.values(machineTypes))("$machineType", (type) => {
  const { acquisition, service } = loadPlan(type.machineType);

  test("its days measure every signal of its plan, within its range; counters count", () => {
    const simulation = createSimulation({ type, seed: 11, startMs });
    const before = new Map<string, number>();
    const seen = new Set<string>();
    const wrong: string[] = [];
    let worked = 0;
    for (let at = startMs; at < startMs + days * 24 * hourMs; at += everyMs) {
      simulation.advanceTo(at);
      const measured = simulation.signals();
      if (simulation.demand.activity === "work") worked++;
      for (const [name, { range }] of Object.entries(acquisition.signals)) {
        const value = measured[name];
        if (value === undefined) continue;
        seen.add(name);
        if (value === null) continue;
        const [lowest = 0, highest = 0] = range;
        const isCounted = !isCounter(name) || value >= (before.get(name) ?? 0);
        if (!(value >= lowest && value <= highest && isCounted))
          wrong.push(`${name} is ${value} at ${new Date(at).toISOString()}`);
        before.set(name, value);
      }
    }
    expect(wrong).toEqual([]);
    expect(worked).toBeGreaterThan(150);
    expect([...seen].sort()).toEqual(Object.keys(acquisition.signals).sort());
  });

  test("powers balance at every instant of a shift", () => {
    const simulation = createSimulation({ type, seed: 12, startMs });
    for (let at = startMs + 7 * hourMs; at < startMs + 12 * hourMs; at += 17_000) {
      simulation.advanceTo(at);
      const { inKw, outKw, storedKw } = simulation.power();
      expect(Math.abs(inKw - outKw - storedKw)).toBeLessThanOrEqual(0.02 * Math.max(5, inKw));
    }
  });

  test("the same seed lives the same life; another one another", () => {
    const lived = (seed: number) => {
      const simulation = createSimulation({ type, seed, startMs });
      simulation.advanceTo(startMs + 12 * hourMs);
      return JSON.stringify(simulation.signals());
    };
    expect(lived(13)).toBe(lived(13));
    expect(lived(13)).not.toBe(lived(14));
  });

  test("its faults are failure modes of its plan, each under a name of its own", () => {
    const modes = Object.keys(service.failureModes);
    for (const { failureMode } of type.faults) expect(modes).toContain(failureMode);
    const ids = type.faults.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  const begin = (faults: readonly FaultOrder[]) =>
    createSimulation({ type, seed: 15, startMs: shiftMs, faults, demandAt: working });
  const lookEveryMs = hourMs / 12;
  /** What the sound twin measures each time it is looked at, as far as anybody wanted to know. */
  const sound = begin([]);
  const soundAt: string[] = [];
  const soundIn = (look: number) => {
    while (soundAt.length <= look) {
      sound.advanceTo(sound.timeMs + lookEveryMs);
      soundAt.push(JSON.stringify(sound.signals()));
    }
    return soundAt[look];
  };

  test.each(type.faults)("$id: changes what is measured, and fails in time", ({ id, stops }) => {
    const sick = begin([{ fault: id, fromMs: shiftMs, lifeHours: 0.3 }]);
    let differs = false;
    const isOver = () => differs && sick.truth().faults[0]?.failedAt !== null;
    for (let look = 0; look < 12 * 16 && !isOver(); look++) {
      sick.advanceTo(sick.timeMs + lookEveryMs);
      differs ||= JSON.stringify(sick.signals()) !== soundIn(look);
    }
    const [fault] = sick.truth().faults;
    expect(fault?.visibleAt).not.toBeNull();
    expect(fault?.failedAt).not.toBeNull();
    expect(fault?.stopsTheMachine).toBe(stops);
    expect(differs).toBe(true);
  });
});
