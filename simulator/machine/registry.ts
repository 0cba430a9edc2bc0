import { asphaltPaver } from "./asphalt-paver/asphalt-paver.ts";
import { coldMillingMachine } from "./cold-milling-machine/cold-milling-machine.ts";
import { concretePumpTruck } from "./concrete-pump-truck/concrete-pump-truck.ts";
import { horizontalDirectionalDrill } from "./horizontal-directional-drill/horizontal-directional-drill.ts";
import { loaderTractor } from "./loader-tractor/loader-tractor.ts";
import type { MachineType } from "./machine-model.ts";
import { roadRoller } from "./road-roller/road-roller.ts";
import { towerCrane } from "./tower-crane/tower-crane.ts";
import { trailerConcretePump } from "./trailer-concrete-pump/trailer-concrete-pump.ts";
import { truckCrane } from "./truck-crane/truck-crane.ts";

const types = [
  concretePumpTruck,
  trailerConcretePump,
  horizontalDirectionalDrill,
  coldMillingMachine,
  loaderTractor,
  towerCrane,
  asphaltPaver,
  truckCrane,
  roadRoller,
];

/** Every machine type that can be simulated, by its folder under plans/. */
export const machineTypes: Readonly<Record<string, MachineType>> = Object.fromEntries(
  types.map((type) => [type.machineType, type]),
);
