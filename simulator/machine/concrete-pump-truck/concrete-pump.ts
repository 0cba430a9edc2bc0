import type { Demand } from "../../surroundings/duty.ts";
import { type Charging, restedCharging, stepCharging } from "../subsystems/charging.ts";
import {
  type ConcreteDelivery,
  type DeliverySize,
  restingDelivery,
  stepDelivery,
} from "../subsystems/concrete-delivery.ts";
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
} from "../subsystems/hydraulic-circuit.ts";
import { towards } from "../subsystems/towards.ts";
import type { PumpParameters } from "./parameters.ts";

/** State of a truck-mounted concrete pump. Pressures in bar, temperatures in °C. */
export interface ConcretePump {
  readonly engine: DieselEngine;
  readonly hydraulics: HydraulicCircuit;
  readonly charging: Charging;
  readonly delivery: ConcreteDelivery;
  boomBar: number;
  /** 0 folded, 1 unfolding, 2 unfolded. */
  boomState: 0 | 1 | 2;
  tiltDeg: number;
  ptoHours: number;
  speedKmh: number;
}

export const pumpEngine: EngineSize = { ratedKw: 300, ratedRpm: 1900, tankL: 400 };
export const pumpHydraulics: HydraulicSize = {
  ratedKw: 200,
  ratedBar: 350,
  ratedLpm: 650,
  tankL: 600,
};
const deliverySize: DeliverySize = { cylinderM3: 0.083, litresPerStroke: 23 };

export const restingPump = (ambientC: number, hours: number): ConcretePump => ({
  engine: standingEngine(ambientC, hours),
  hydraulics: restingHydraulics(ambientC, pumpHydraulics),
  charging: restedCharging(),
  delivery: restingDelivery(ambientC, hours * 850),
  boomBar: 0,
  boomState: 0,
  tiltDeg: 0.4,
  ptoHours: hours * 0.62,
  speedKmh: 0,
});

/** Advances the pump by `dt` seconds, in place. What it pumps and how sets the power the engine must give. */
export function stepPump(
  pump: ConcretePump,
  parameters: PumpParameters,
  { demand, ambientC }: { readonly demand: Demand; readonly ambientC: number },
  dt: number,
): void {
  const { engine, hydraulics, delivery } = pump;
  const isWorking = demand.activity === "work";
  pump.boomState = isWorking ? 2 : demand.activity === "off" ? 0 : pump.boomState;
  stepDelivery(
    delivery,
    { size: deliverySize, parameters },
    {
      demand,
      isReversing: false,
      engineRpm: engine.speedRpm,
      oilC: hydraulics.oilC,
      caseDrainLpm: hydraulics.caseDrainLpm,
    },
    ambientC,
    dt,
  );
  stepHydraulics(
    hydraulics,
    { size: pumpHydraulics, parameters: parameters.hydraulics },
    {
      pressureBar: delivery.mainPressureBar,
      displacedLpm: delivery.strokesPerMinute * deliverySize.litresPerStroke,
      usefulShare: 0.84,
    },
    ambientC,
    dt,
  );
  stepTruck(pump, parameters, demand, dt);
  stepEngineOf(pump, parameters, demand, ambientC, dt);
}

function stepTruck(
  pump: ConcretePump,
  parameters: PumpParameters,
  demand: Demand,
  dt: number,
): void {
  const holds = pump.boomState === 2 ? 215 + 20 * Math.sin(pump.delivery.pumpedSeconds / 95) : 0;
  pump.boomBar = towards(pump.boomBar, holds, dt, 4);
  pump.tiltDeg = towards(
    pump.tiltDeg,
    pump.boomState === 2 ? 0.5 + parameters.settledDeg : 0.4,
    dt,
    60,
  );
  pump.speedKmh = towards(pump.speedKmh, demand.activity === "travel" ? 42 : 0, dt, 12);
  if (demand.activity === "work") pump.ptoHours += dt / 3600;
}

function stepEngineOf(
  pump: ConcretePump,
  parameters: PumpParameters,
  demand: Demand,
  ambientC: number,
  dt: number,
): void {
  const agitatorKw = pump.delivery.agitatorBar * 0.09;
  const driveKw = 8 + pump.speedKmh * 2.1;
  stepEngine(
    pump.engine,
    { size: pumpEngine, parameters: parameters.engine },
    {
      speedRpm: wantedRpm(pump, demand),
      powerKw: pump.hydraulics.shaftKw + agitatorKw + driveKw,
    },
    ambientC,
    dt,
  );
  stepCharging(pump.charging, parameters.charging, pump.engine, dt);
}

function wantedRpm({ delivery }: ConcretePump, { activity, effort }: Demand): number {
  if (activity === "off") return 0;
  if (activity === "travel") return 1450;
  if (activity === "idle") return 700;
  return delivery.isPumping ? 1350 + 250 * effort : 1050;
}
