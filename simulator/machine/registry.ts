import { coldMillingMachine } from "./cold-milling-machine/cold-milling-machine.ts";
import { concretePumpTruck } from "./concrete-pump-truck/concrete-pump-truck.ts";
import { horizontalDirectionalDrill } from "./horizontal-directional-drill/horizontal-directional-drill.ts";
import { loaderTractor } from "./loader-tractor/loader-tractor.ts";
import type { MachineType } from "./machine-model.ts";
import { towerCrane } from "./tower-crane/tower-crane.ts";
import { trailerConcretePump } from "./trailer-concrete-pump/trailer-concrete-pump.ts";

const types = [
  concretePumpTruck,
  trailerConcretePump,
  horizontalDirectionalDrill,
  coldMillingMachine,
  loaderTractor,
  towerCrane,
];

/** Every machine type that can be simulated, by its folder under plans/. */
export const machineTypes: Readonly<Record<string, MachineType>> = Object.fromEntries(
  types.map((type) => [type.machineType, type]),
);
