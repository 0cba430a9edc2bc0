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

/** When and how fast the nitrogen leaves the accumulator of the failing pump: 60 of 110 bar within 20 s. */
const leak = { fromSeconds: 35, barPerSecond: 3, downToBar: 50 } as const;

/** A pump truck; with `isLeaking` its S-valve accumulator loses its pre-charge soon after the start. */
function pumpTruck(seed: number, hours: number, isLeaking: boolean): SimulatedBody {
  const random = createRandom(seed);
  const pump = createConcretePump(ambientC, hours, Math.round(hours * 850));
  return {
    controlUnits: [engineSa],
    step(dt) {
      const { parameters } = pump;
      if (isLeaking && pump.seconds > leak.fromSeconds)
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
export async function startDemoFleet(): Promise<readonly SimulatedMachine[]> {
  return [
    await startMachine("PUMP-001", "concrete-pump-truck", pumpTruck(1, 3120, false)),
    await startMachine("PUMP-002", "concrete-pump-truck", pumpTruck(2, 6410, true)),
    await startMachine("LOADER-001", "loader-tractor", loaderTractor(3, 1875)),
  ];
}
