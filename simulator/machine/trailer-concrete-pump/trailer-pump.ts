import type { Demand } from "../../surroundings/duty.ts";
import { type ChargeSize, chargeBarOf } from "../subsystems/charge-pump.ts";
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
import {
  type CentralLubrication,
  restingLubrication,
  stepLubrication,
} from "./central-lubrication.ts";
import type { TrailerPumpParameters } from "./parameters.ts";

/** State of a trailer concrete pump. Pressures in bar, temperatures in °C. */
export interface TrailerPump {
  readonly engine: DieselEngine;
  readonly hydraulics: HydraulicCircuit;
  readonly charging: Charging;
  readonly delivery: ConcreteDelivery;
  readonly lubrication: CentralLubrication;
  chargeBar: number;
  pumpedM3: number;
  pumpingHours: number;
  reversals: number;
  /** Seconds for which the operator still reverses, and since the pressure stands too high. */
  reversesFor: number;
  tooHighFor: number;
  sinceReversal: number;
  /** Of the last full stroke, ms. */
  strokeTimeMs: number;
}

/** A pump of 80 m³/h: cylinders of 200 mm by 1,800 mm, as the plan says; the rest engineering defaults. */
const engineSize: EngineSize = { ratedKw: 161, ratedRpm: 2100, tankL: 200 };
const deliverySize: DeliverySize = { cylinderM3: 0.0565, litresPerStroke: 17 };
const chargeSize: ChargeSize = { ratedLpm: 100, ratedRpm: 2100, setBar: 25 };
export const trailerHydraulics: HydraulicSize = {
  ratedKw: 115,
  ratedBar: 350,
  ratedLpm: 480,
  tankL: 450,
};
export const mostStrokesPerMinute = 27;

export const restingTrailer = (ambientC: number, hours: number): TrailerPump => {
  const delivery = restingDelivery(ambientC, hours * 700);
  return {
    engine: standingEngine(ambientC, hours),
    hydraulics: restingHydraulics(ambientC, trailerHydraulics),
    charging: restedCharging(),
    delivery,
    lubrication: restingLubrication(delivery.strokeCount),
    chargeBar: 0,
    pumpedM3: delivery.strokeCount * 0.048,
    pumpingHours: hours * 0.62,
    reversals: Math.round(hours * 6),
    reversesFor: 0,
    tooHighFor: 0,
    sinceReversal: 0,
    strokeTimeMs: 0,
  };
};

/** Advances the pump by `dt` seconds, in place. It is towed: to travel, its engine stands. */
export function stepTrailer(
  pump: TrailerPump,
  parameters: TrailerPumpParameters,
  { demand, ambientC }: { readonly demand: Demand; readonly ambientC: number },
  dt: number,
): void {
  const { engine, hydraulics, delivery } = pump;
  const wasPumping = delivery.isPumping;
  const isTurning = engine.speedRpm > 300 && wantedRpm(pump, demand) > 0;
  stepDelivery(
    delivery,
    { size: deliverySize, parameters },
    {
      demand,
      isReversing: pump.reversesFor > 0,
      engineRpm: engine.speedRpm,
      oilC: hydraulics.oilC,
      caseDrainLpm: hydraulics.caseDrainLpm,
    },
    ambientC,
    dt,
  );
  reverse(pump, { demand, wasPumping }, dt);
  stepHydraulics(
    hydraulics,
    { size: trailerHydraulics, parameters: parameters.hydraulics },
    {
      pressureBar: delivery.mainPressureBar,
      displacedLpm: isTurning ? delivery.strokesPerMinute * deliverySize.litresPerStroke : 0,
      usefulShare: 0.84,
    },
    ambientC,
    dt,
  );
  pump.chargeBar = towards(
    pump.chargeBar,
    chargeBarOf(chargeSize, parameters.charge, {
      speedRpm: engine.speedRpm,
      leakLpm: hydraulics.caseDrainLpm,
      oilC: hydraulics.oilC,
    }),
    dt,
    1,
  );
  stepLubrication(
    pump.lubrication,
    parameters.greaseResistance,
    { strokes: delivery.strokeCount, ambientC },
    dt,
  );
  count(pump, dt);
  stepEngineOf(pump, parameters, demand, ambientC, dt);
}

/**
 * A load ends with a few strokes back, which take the pressure off the line. A line that blocks is freed in the same way:
 * a careful operator sees it sooner than a rough one, who tries it once more.
 */
function reverse(
  pump: TrailerPump,
  { demand, wasPumping }: { readonly demand: Demand; readonly wasPumping: boolean },
  dt: number,
): void {
  const { delivery } = pump;
  pump.reversesFor = Math.max(0, pump.reversesFor - dt);
  pump.sinceReversal += dt;
  pump.tooHighFor = delivery.mainPressureBar > 290 ? pump.tooHighFor + dt : 0;
  const hasEnded = wasPumping && !delivery.isPumping && demand.activity === "work";
  const sees = pump.tooHighFor > 10 + 20 * demand.roughness && pump.sinceReversal > 90;
  if (pump.reversesFor > 0 || !(hasEnded || sees)) return;
  pump.reversesFor = 9;
  pump.sinceReversal = 0;
  pump.reversals += 1;
}

function count(pump: TrailerPump, dt: number): void {
  const { delivery } = pump;
  pump.pumpedM3 += (delivery.outputM3PerHour * dt) / 3600;
  if (delivery.isPumping) pump.pumpingHours += dt / 3600;
  if (delivery.strokesPerMinute > 6) pump.strokeTimeMs = 60_000 / delivery.strokesPerMinute;
}

function stepEngineOf(
  pump: TrailerPump,
  parameters: TrailerPumpParameters,
  demand: Demand,
  ambientC: number,
  dt: number,
): void {
  const agitatorKw = pump.delivery.agitatorBar * 0.07;
  const runs = demand.activity === "work" || demand.activity === "idle";
  const chargeKw = runs ? (chargeSize.ratedLpm * pump.chargeBar) / 600 / 0.85 : 0;
  stepEngine(
    pump.engine,
    { size: engineSize, parameters: parameters.engine },
    {
      speedRpm: wantedRpm(pump, demand),
      powerKw: pump.hydraulics.shaftKw + agitatorKw + chargeKw + 6,
    },
    ambientC,
    dt,
  );
  stepCharging(pump.charging, parameters.charging, pump.engine, dt);
}

function wantedRpm({ delivery }: TrailerPump, { activity, effort }: Demand): number {
  if (activity === "off" || activity === "travel") return 0;
  if (activity === "idle") return 800;
  return delivery.isPumping ? 1550 + 350 * effort : 1100;
}
