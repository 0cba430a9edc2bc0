import { loadPlan } from "@firebreak/plans/load-plans.ts";
import type { Demand } from "../../surroundings/duty.ts";
import { defineMachine } from "../define-machine.ts";
import type { Conditions } from "../machine-model.ts";
import { restedCharging, stepCharging } from "../subsystems/charging.ts";
import { type EngineSize, standingEngine, stepEngine } from "../subsystems/diesel-engine.ts";
import { engineCodes, engineSignals } from "../subsystems/engine-signals.ts";
import {
  type HydraulicSize,
  restingHydraulics,
  stepHydraulics,
} from "../subsystems/hydraulic-circuit.ts";
import { balanceOf } from "../subsystems/power-balance.ts";
import { stillAir } from "../subsystems/still-air.ts";
import { towards } from "../subsystems/towards.ts";
import { loaderTractorFaults } from "./faults.ts";
import { healthyTractor } from "./parameters.ts";

const engineSize: EngineSize = { ratedKw: 75, ratedRpm: 2200, tankL: 110 };
const hydraulicSize: HydraulicSize = { ratedKw: 30, ratedBar: 210, ratedLpm: 90, tankL: 60 };
const nominalKw = 15;

/** The plan lists all that was recorded of one; nothing here moves them. */
const unmeasured = Object.fromEntries(
  Object.keys(loadPlan("loader-tractor").acquisition.signals).map((name) => [name, null]),
);

/** A loader tractor, as plans/loader-tractor describes it. */
export const loaderTractor = defineMachine({
  machineType: "loader-tractor",
  controlUnits: [0],
  healthy: healthyTractor,
  faults: loaderTractorFaults,
  create({ parameters, random, hours, ambientC }) {
    const engine = standingEngine(ambientC, hours);
    const hydraulics = restingHydraulics(ambientC, hydraulicSize);
    const charging = restedCharging();
    const noise = () => random() - 0.5;
    let now: Conditions | undefined;
    let speedKmh = 0;
    let inCycle = 0;
    return {
      step(conditions, dt) {
        now = conditions;
        const { demand } = conditions;
        if (demand.activity === "work") inCycle = (inCycle + dt) % 40;
        const wish = wishOf(demand, inCycle);
        speedKmh = towards(speedKmh, wish.speedKmh, dt, 1.2);
        stepHydraulics(
          hydraulics,
          { size: hydraulicSize, parameters: parameters.hydraulics },
          { pressureBar: wish.liftBar, displacedLpm: wish.liftLpm, usefulShare: 0.6 },
          conditions.ambientC,
          dt,
        );
        const powerKw = hydraulics.shaftKw + 2 + speedKmh * 1.6;
        stepEngine(
          engine,
          { size: engineSize, parameters: parameters.engine },
          { speedRpm: wish.speedRpm, powerKw },
          conditions.ambientC,
          dt,
        );
        stepCharging(charging, parameters.charging, engine, dt);
      },
      signals: () => ({
        ...unmeasured,
        ...engineSignals(engine, charging, now ?? stillAir(ambientC), noise),
        batteryPotential: charging.volts / 2,
        keyswitchBatteryPotential: charging.volts / 2,
        hydraulicOilTemperature: hydraulics.oilC + 0.4 * noise(),
        wheelBasedVehicleSpeed: speedKmh,
        totalVehicleHours: engine.hours,
        acceleratorPedalPosition1: engine.speedRpm > 1000 ? 55 : 0,
      }),
      codes: () => (engine.speedRpm > 300 ? engineCodes(engine, charging) : []),
      power: () => balanceOf(engine, [hydraulics]),
      load: () => (now?.demand.activity === "work" ? engine.shaftKw / nominalKw : 0),
    };
  },
});

/** Duty while it works: drive in, lift, drive back, wait; 40 s in all. */
function wishOf({ activity, effort }: Demand, inCycle: number) {
  if (activity === "off") return { speedRpm: 0, speedKmh: 0, liftBar: 0, liftLpm: 0 };
  const pumped = { liftBar: 20, liftLpm: 25 };
  if (activity === "idle") return { speedRpm: 850, speedKmh: 0, ...pumped };
  if (activity === "travel") return { speedRpm: 1700, speedKmh: 22, ...pumped };
  const isLifting = inCycle >= 9 && inCycle <= 16;
  const isDriving = inCycle < 9 || (inCycle > 16 && inCycle < 26);
  if (isLifting) return { speedRpm: 1750, speedKmh: 0, liftBar: 90 + 110 * effort, liftLpm: 70 };
  return { speedRpm: isDriving ? 1600 : 900, speedKmh: isDriving ? 8.5 : 0, ...pumped };
}
