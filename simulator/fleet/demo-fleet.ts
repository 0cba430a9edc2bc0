import { concretePumpTruck } from "../machine/concrete-pump-truck/concrete-pump-truck.ts";
import { loaderTractor } from "../machine/loader-tractor/loader-tractor.ts";
import type { FaultOrder, MachineType } from "../machine/machine-model.ts";
import { createSimulation } from "../run/simulation.ts";
import { type SimulatedBody, type SimulatedMachine, startMachine } from "./simulated-machine.ts";

/** Seconds after the start at which `PUMP-002` begins to fail, unless told otherwise. */
export const demoFaultAfterSeconds = 35;

/** Weeks of leaking nitrogen in seconds, so that a newcomer sees a ticket arise before the machine stops. */
const leakHours = 90 / 3600;
/** Of work before the start: nobody waits for a cold machine to warm up. */
const warmUpMs = 2 * 3_600_000;

function bodyOf(of: {
  readonly type: MachineType;
  readonly seed: number;
  readonly hours: number;
  readonly faults?: readonly FaultOrder[];
}): SimulatedBody {
  const nowMs = Date.now();
  const simulation = createSimulation({
    ...of,
    startMs: nowMs - warmUpMs,
    demandAt: () => ({ activity: "work", effort: 0.6, roughness: 0.3 }),
  });
  simulation.advanceTo(nowMs);
  let codes = simulation.codes();
  return {
    controlUnits: of.type.controlUnits,
    step: (dt) => simulation.advanceTo(simulation.timeMs + dt * 1000),
    signals: () => simulation.signals(),
    codes() {
      const now = simulation.codes();
      if (JSON.stringify(now) !== JSON.stringify(codes)) codes = now;
      return codes;
    },
  };
}

/** Three machines at work; `PUMP-002` fails within two minutes. */
export async function startDemoFleet(
  faultAfterSeconds = demoFaultAfterSeconds,
): Promise<readonly SimulatedMachine[]> {
  const pump = concretePumpTruck;
  const fault = "accumulator-loses-nitrogen";
  const fromMs = Date.now() + faultAfterSeconds * 1000;
  const faults = Number.isFinite(fromMs) ? [{ fault, fromMs, lifeHours: leakHours }] : [];
  return [
    await startMachine("PUMP-001", pump.machineType, bodyOf({ type: pump, seed: 1, hours: 3120 })),
    await startMachine(
      "PUMP-002",
      pump.machineType,
      bodyOf({ type: pump, seed: 2, hours: 6410, faults }),
    ),
    await startMachine(
      "LOADER-001",
      "loader-tractor",
      bodyOf({ type: loaderTractor, seed: 3, hours: 1875 }),
    ),
  ];
}
