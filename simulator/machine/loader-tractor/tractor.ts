import type { Demand } from "../../surroundings/duty.ts";
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
} from "../subsystems/hydraulic-circuit.ts";
import { towards } from "../subsystems/towards.ts";
import { type TractorWish, wishOf } from "./operator.ts";
import type { TractorParameters } from "./parameters.ts";

/** State of a loader tractor. */
export interface Tractor {
  readonly engine: DieselEngine;
  readonly hydraulics: HydraulicCircuit;
  readonly charging: Charging;
  wish: TractorWish;
  speedKmh: number;
  /** It slows down by its brakes. */
  isBraking: boolean;
  /** Seconds into the present load of the bucket. */
  inCycle: number;
  exhaustC: number;
  filterOutletC: number;
  revolutions: number;
  drivenKm: number;
}

/** John Deere 5055E: 55 hp from three cylinders of 2.9 L; the rest engineering defaults. */
export const tractorEngine: EngineSize = { ratedKw: 41, ratedRpm: 2400, tankL: 68 };
export const displacedL = 2.9;
export const tractorHydraulics: HydraulicSize = {
  ratedKw: 10,
  ratedBar: 195,
  ratedLpm: 45,
  tankL: 38,
};

export const restingTractor = (ambientC: number, hours: number): Tractor => ({
  engine: standingEngine(ambientC, hours),
  hydraulics: restingHydraulics(ambientC, tractorHydraulics),
  charging: restedCharging(),
  wish: wishOf({ activity: "off", effort: 0, roughness: 0 }, { inCycle: 0, coolantC: ambientC }),
  speedKmh: 0,
  isBraking: false,
  inCycle: 0,
  exhaustC: ambientC,
  filterOutletC: ambientC,
  revolutions: hours * 60 * 1500,
  drivenKm: hours * 4,
});

const cycleSeconds = 40;

/** Advances the tractor by `dt` seconds, in place. */
export function stepTractor(
  tractor: Tractor,
  parameters: TractorParameters,
  { demand, ambientC }: { readonly demand: Demand; readonly ambientC: number },
  dt: number,
): void {
  const { engine, hydraulics } = tractor;
  if (demand.activity === "work") tractor.inCycle = (tractor.inCycle + dt) % cycleSeconds;
  const wish = wishOf(demand, { inCycle: tractor.inCycle, coolantC: engine.coolantC });
  tractor.wish = wish;
  const isTurning = engine.speedRpm > 300 && wish.speedRpm > 0;
  tractor.isBraking = tractor.speedKmh > wish.speedKmh + 1;
  tractor.speedKmh = towards(tractor.speedKmh, wish.speedKmh, dt, 1.2);
  stepHydraulics(
    hydraulics,
    { size: tractorHydraulics, parameters: parameters.hydraulics },
    {
      pressureBar: wish.liftBar,
      displacedLpm: isTurning ? wish.liftLpm : 0,
      usefulShare: 0.45,
    },
    ambientC,
    dt,
  );
  const rollingKw = tractor.speedKmh * (0.7 + 0.5 * demand.effort);
  stepEngine(
    engine,
    { size: tractorEngine, parameters: parameters.engine },
    {
      speedRpm: wish.speedRpm,
      powerKw: engine.speedRpm > 300 ? hydraulics.shaftKw + 2 + rollingKw : 0,
    },
    ambientC,
    dt,
  );
  stepCharging(tractor.charging, parameters.charging, engine, dt);
  stepExhaust(tractor, ambientC, dt);
  tractor.revolutions += (engine.speedRpm * dt) / 60;
  tractor.drivenKm += (tractor.speedKmh * dt) / 3600;
}

/** Exhaust is as hot as the load makes it; the particulate filter has mass, and burns soot when it must. */
function stepExhaust(tractor: Tractor, ambientC: number, dt: number): void {
  const { engine } = tractor;
  const isRunning = engine.speedRpm > 300;
  const hotC = ambientC + 110 + 3.4 * engine.loadPercent;
  tractor.exhaustC = towards(
    tractor.exhaustC,
    isRunning ? hotC : ambientC,
    dt,
    isRunning ? 20 : 600,
  );
  const burningK = engine.isRegenerating && isRunning ? 220 : 0;
  const outletC = isRunning ? tractor.exhaustC - 25 + burningK : ambientC;
  tractor.filterOutletC = towards(tractor.filterOutletC, outletC, dt, isRunning ? 120 : 1800);
}
