import type { PowerBalance } from "../machine-model.ts";
import type { DieselEngine } from "./diesel-engine.ts";
import type { HydraulicCircuit } from "./hydraulic-circuit.ts";

/**
 * The balance of a machine whose engine drives these circuits: fuel in; out go exhaust, heat to the air and work; the rest
 * warms coolant and oil. What the circuits leave of the shaft's power drives the machine and its auxiliaries.
 */
export function balanceOf(
  engine: DieselEngine,
  circuits: readonly HydraulicCircuit[],
): PowerBalance {
  const sum = (of: (circuit: HydraulicCircuit) => number) =>
    circuits.reduce((total, circuit) => total + of(circuit), 0);
  const drivenKw = Math.max(0, engine.shaftKw - sum(({ shaftKw }) => shaftKw));
  return {
    inKw: engine.fuelKw,
    outKw:
      engine.exhaustKw +
      engine.radiatedKw +
      sum(({ usefulKw, cooledKw }) => usefulKw + cooledKw) +
      drivenKw,
    storedKw:
      engine.coolantHeatKw +
      engine.frictionKw -
      engine.radiatedKw +
      sum(({ heatKw, cooledKw }) => heatKw - cooledKw),
  };
}
