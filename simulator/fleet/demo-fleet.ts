import { createConcretePump, stepConcretePump } from "../machine/concrete-pump.ts";
import {
  createLoaderTractor,
  loaderTractorSignals,
  stepLoaderTractor,
} from "../machine/loader-tractor.ts";
import { pumpTruckSignals } from "../machine/pump-truck-signals.ts";
import { createRandom } from "../machine/random.ts";
import { type SimulatedBody, type SimulatedMachine, startMachine } from "./simulated-machine.ts";

const ambientC = 19;
const engineSa = 0;

/** How fast the nitrogen leaves the accumulator of the failing pump: 60 of 110 bar within 20 s. */
const leak = { barPerSecond: 3, downToBar: 50 } as const;

/** Seconds after the start at which `PUMP-002` begins to fail, unless told otherwise. */
export const demoFaultAfterSeconds = 35;

/** A pump truck whose S-valve accumulator loses its pre-charge from so many seconds after the start on. */
function pumpTruck(
  seed: number,
  hours: number,
  leaksAfterSeconds = Number.POSITIVE_INFINITY,
): SimulatedBody {
  const random = createRandom(seed);
  const pump = createConcretePump(ambientC, hours, Math.round(hours * 850));
  return {
    controlUnits: [engineSa],
    step(dt) {
      const { parameters } = pump;
      if (pump.seconds > leaksAfterSeconds)
        parameters.preChargeBar = Math.max(
          leak.downToBar,
          parameters.preChargeBar - leak.barPerSecond * dt,
        );
      stepConcretePump(pump, ambientC, dt, random);
    },
    signals: () => pumpTruckSignals(pump, ambientC),
  };
}

function loaderTractor(seed: number, hours: number): SimulatedBody {
  const random = createRandom(seed);
  const tractor = createLoaderTractor(ambientC, hours);
  return {
    controlUnits: [engineSa],
    step: (dt) => stepLoaderTractor(tractor, ambientC, dt, random),
    signals: () => loaderTractorSignals(tractor, ambientC),
  };
}

/** Three machines at work; `PUMP-002` fails within two minutes, so that a newcomer sees a ticket arise. */
export async function startDemoFleet(
  faultAfterSeconds = demoFaultAfterSeconds,
): Promise<readonly SimulatedMachine[]> {
  return [
    await startMachine("PUMP-001", "concrete-pump-truck", pumpTruck(1, 3120)),
    await startMachine("PUMP-002", "concrete-pump-truck", pumpTruck(2, 6410, faultAfterSeconds)),
    await startMachine("LOADER-001", "loader-tractor", loaderTractor(3, 1875)),
  ];
}
