import { concretePumpTruck } from "./concrete-pump-truck/concrete-pump-truck.ts";
import { loaderTractor } from "./loader-tractor/loader-tractor.ts";
import type { MachineType } from "./machine-model.ts";
import { towerCrane } from "./tower-crane/tower-crane.ts";
import { trailerConcretePump } from "./trailer-concrete-pump/trailer-concrete-pump.ts";

/** Every machine type that can be simulated, by its folder under plans/. */
export const machineTypes: Readonly<Record<string, MachineType>> = Object.fromEntries(
  [concretePumpTruck, trailerConcretePump, loaderTractor, towerCrane].map((type) => [
    type.machineType,
    type,
  ]),
);
