import type { Demand } from "../../surroundings/duty.ts";
import { type ChargeSize, chargeBarOf } from "../subsystems/charge-pump.ts";
import { type Charging, restedCharging, stepCharging } from "../subsystems/charging.ts";
import {
  type DieselEngine,
  type EngineSize,
  standingEngine,
  stepEngine,
} from "../subsystems/diesel-engine.ts";
import {
  type HydraulicCircuit,
  type HydraulicSize,
  restingHydraulics,
  stepHydraulics,
  thicknessOf,
} from "../subsystems/hydraulic-circuit.ts";
import { towards } from "../subsystems/towards.ts";
import { type Bore, firstBore, stepBore } from "./bore.ts";
import { type DrillHead, restingHead, stepHead } from "./drill-head.ts";
import { type DrillWish, wishOf } from "./drill-wish.ts";
import type { DrillParameters } from "./parameters.ts";

/** State of a horizontal directional drill. Pressures in bar, temperatures in °C. */
export interface Drill {
  readonly engine: DieselEngine;
  readonly hydraulics: HydraulicCircuit;
  readonly charging: Charging;
  readonly bore: Bore;
  readonly head: DrillHead;
  rotationRpm: number;
  rotationBar: number;
  thrustBar: number;
  pullbackBar: number;
  mudRpm: number;
  mudLpm: number;
  mudBar: number;
  mudTankPercent: number;
  chargeBar: number;
  returnFilterBar: number;
  gearboxC: number;
  workedSeconds: number;
}

const engineSize: EngineSize = { ratedKw: 86, ratedRpm: 2200, tankL: 300 };
const chargeSize: ChargeSize = { ratedLpm: 40, ratedRpm: 2200, setBar: 25 };
export const drillHydraulics: HydraulicSize = {
  ratedKw: 30,
  ratedBar: 240,
  ratedLpm: 220,
  tankL: 180,
};
const rotationReliefBar = 220;
const thrustReliefBar = 240;
const mudReliefBar = 100;
const auxiliaryLpm = 25;
const auxiliaryBar = 60;

export const restingDrill = (ambientC: number, hours: number): Drill => ({
  engine: standingEngine(ambientC, hours),
  hydraulics: restingHydraulics(ambientC, drillHydraulics),
  charging: restedCharging(),
  bore: firstBore(hours),
  head: restingHead(),
  rotationRpm: 0,
  rotationBar: 0,
  thrustBar: 0,
  pullbackBar: 0,
  mudRpm: 0,
  mudLpm: 0,
  mudBar: 0,
  mudTankPercent: 80,
  chargeBar: 0,
  returnFilterBar: 0,
  gearboxC: ambientC,
  workedSeconds: 0,
});

/** Advances the drill by `dt` seconds, in place: the ground and the operator set pressures, these the engine's power. */
export function stepDrill(
  drill: Drill,
  parameters: DrillParameters,
  { demand, ambientC }: { readonly demand: Demand; readonly ambientC: number },
  dt: number,
): void {
  const { bore, engine, hydraulics } = drill;
  bore.isDrilling = false;
  bore.carriageMps = 0;
  if (demand.activity === "work") {
    drill.workedSeconds += dt;
    stepBore(bore, demand.effort, dt);
  }
  const wish = wishOf(bore, demand, drill.workedSeconds);
  stepString(drill, parameters, wish, dt);
  stepMud(drill, parameters, wish, dt);
  const isTurning = engine.speedRpm > 300 && wish.engineRpm > 0;
  stepOil(drill, parameters, { isTurning, ambientC }, dt);
  stepHead(
    drill.head,
    parameters.transmitterHeating,
    {
      bore,
      rotationRpm: drill.rotationRpm,
      rotationKw: rotationKwOf(drill),
      mudLpm: drill.mudLpm,
      ambientC,
    },
    dt,
  );
  const load = Math.min(1.2, rotationKwOf(drill) / 14);
  const gearboxK = (drill.rotationRpm > 5 ? 18 + 30 * load : 0) * parameters.gearboxFriction;
  drill.gearboxC = towards(drill.gearboxC, ambientC + gearboxK, dt, 1500);
  const drivesKw = demand.activity === "travel" ? 22 : 0;
  const auxiliaryKw = 5 + (chargeSize.ratedLpm * drill.chargeBar) / 600 / 0.85;
  stepEngine(
    engine,
    { size: engineSize, parameters: parameters.engine },
    {
      speedRpm: wish.engineRpm,
      powerKw: engine.speedRpm > 300 ? hydraulics.shaftKw + auxiliaryKw + drivesKw : 0,
    },
    ambientC,
    dt,
  );
  stepCharging(drill.charging, parameters.charging, engine, dt);
}

const rotationLpmOf = ({ rotationRpm }: Drill) => (120 * rotationRpm) / 250;
const rotationKwOf = (drill: Drill) => (rotationLpmOf(drill) * drill.rotationBar) / 600;

/** Rotation and carriage: what the ground resists, up to the relief valves. */
function stepString(drill: Drill, parameters: DrillParameters, wish: DrillWish, dt: number): void {
  const { state } = drill.bore;
  const lowBar = drill.engine.speedRpm > 300 ? 15 : 0;
  drill.rotationRpm = towards(drill.rotationRpm, wish.rotationRpm, dt, 1.5);
  if (drill.rotationRpm < 0.1) drill.rotationRpm = 0;
  const rotationBar = Math.min(rotationReliefBar, wish.rotationBar * parameters.rotationResistance);
  drill.rotationBar = towards(drill.rotationBar, Math.max(lowBar, rotationBar), dt, 1);
  drill.thrustBar = towards(
    drill.thrustBar,
    Math.max(lowBar, Math.min(thrustReliefBar, wish.thrustBar)),
    dt,
    1.5,
  );
  const drag = state === 3 ? parameters.productDrag : 1;
  const pullbackBar = Math.min(thrustReliefBar, wish.pullbackBar * drag);
  drill.pullbackBar = towards(drill.pullbackBar, Math.max(lowBar, pullbackBar), dt, 1.5);
}

/** Mud goes through rods and nozzles; what the relief valve lets past never reaches them. */
function stepMud(drill: Drill, parameters: DrillParameters, wish: DrillWish, dt: number): void {
  drill.mudRpm = towards(drill.mudRpm, wish.mudRpm, dt, 2);
  if (drill.mudRpm < 0.5) drill.mudRpm = 0;
  const deliveredLpm = ((150 * drill.mudRpm) / 500) * parameters.mudPumpShare;
  const perFlow = (45 * parameters.nozzleResistance + 4 + 0.15 * drill.bore.rods) / 150 ** 2;
  const reliefLpm = Math.sqrt(mudReliefBar / perFlow);
  drill.mudLpm = Math.min(deliveredLpm, reliefLpm);
  drill.mudBar = towards(drill.mudBar, perFlow * drill.mudLpm ** 2, dt, 1.5);
  // The mixing system tops its tank up when it is a third full.
  drill.mudTankPercent -= (drill.mudLpm * dt) / 60 / 40;
  if (drill.mudTankPercent < 33) drill.mudTankPercent = 95;
}

/** One tank for all circuits: their flows together, at the pressure that carries the same power. */
function stepOil(
  drill: Drill,
  parameters: DrillParameters,
  { isTurning, ambientC }: { readonly isTurning: boolean; readonly ambientC: number },
  dt: number,
): void {
  const { hydraulics, engine } = drill;
  const turns = isTurning ? 1 : 0;
  const rotationLpm = turns * rotationLpmOf(drill);
  const thrustLpm = turns * Math.abs(drill.bore.carriageMps) * 140;
  const mudLpm = (turns * drill.mudRpm) / 10;
  const auxiliary = turns * auxiliaryLpm;
  const displacedLpm = rotationLpm + thrustLpm + mudLpm + auxiliary;
  const power =
    rotationLpm * drill.rotationBar +
    thrustLpm * Math.max(drill.thrustBar, drill.pullbackBar) +
    // The mud pump's motor turns what its plungers press.
    mudLpm * (40 + 2 * drill.mudBar) +
    auxiliary * auxiliaryBar;
  stepHydraulics(
    hydraulics,
    { size: drillHydraulics, parameters: parameters.hydraulics },
    {
      pressureBar: displacedLpm > 0 ? power / displacedLpm : 0,
      displacedLpm,
      usefulShare: 0.66,
    },
    ambientC,
    dt,
  );
  drill.chargeBar = towards(
    drill.chargeBar,
    chargeBarOf(chargeSize, parameters.charge, {
      speedRpm: engine.speedRpm,
      leakLpm: hydraulics.caseDrainLpm,
      oilC: hydraulics.oilC,
    }),
    dt,
    1,
  );
  // Closed circuits send what is charged and flushed through the filter, not what they turn round.
  const drag = thicknessOf(hydraulics.oilC) ** 0.35;
  const filterBar = 0.45 * (engine.speedRpm / 2200) * drag * parameters.hydraulics.filterResistance;
  drill.returnFilterBar = towards(drill.returnFilterBar, Math.min(4, filterBar), dt, 2);
}
