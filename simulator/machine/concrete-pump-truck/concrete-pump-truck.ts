import { defineMachine } from "../define-machine.ts";
import type { Conditions, Measured } from "../machine-model.ts";
import { engineCodes, engineSignals } from "../subsystems/engine-signals.ts";
import { demandWhenHot } from "../subsystems/hot-pause.ts";
import { balanceOf } from "../subsystems/power-balance.ts";
import { stillAir } from "../subsystems/still-air.ts";
import { type ConcretePump, pumpHydraulics, restingPump, stepPump } from "./concrete-pump.ts";
import { pumpTruckFaults } from "./faults.ts";
import { healthyPump } from "./parameters.ts";

/** Shaft power of usual pumping. */
const nominalKw = 110;

/** A truck-mounted concrete pump (泵车), as plans/concrete-pump-truck describes it. */
export const concretePumpTruck = defineMachine({
  machineType: "concrete-pump-truck",
  controlUnits: [0, 39],
  healthy: healthyPump,
  faults: pumpTruckFaults,
  create({ parameters, random, hours, ambientC }) {
    const pump = restingPump(ambientC, hours);
    const pause = { isPausing: false };
    let now: Conditions | undefined;
    const noise = () => random() - 0.5;
    return {
      step(conditions, dt) {
        const demand = demandWhenHot(pause, conditions.demand, {
          coolantC: pump.engine.coolantC,
          oilC: pump.hydraulics.oilC,
        });
        now = demand === conditions.demand ? conditions : { ...conditions, demand };
        stepPump(pump, parameters, now, dt);
      },
      signals: () => ({
        ...engineSignals(pump.engine, pump.charging, now ?? stillAir(ambientC), noise),
        ...pumpSignals(pump, noise),
      }),
      codes: () => (pump.engine.speedRpm > 300 ? engineCodes(pump.engine, pump.charging) : []),
      power: () => balanceOf(pump.engine, [pump.hydraulics]),
      load: () => (pump.delivery.isPumping ? pump.hydraulics.shaftKw / nominalKw : 0),
    };
  },
});

function pumpSignals(pump: ConcretePump, noise: () => number): Measured {
  const { hydraulics, engine, delivery } = pump;
  const isRunning = engine.speedRpm > 300;
  return {
    hydraulicOilTemperature: hydraulics.oilC + 0.4 * noise(),
    hydraulicTankTemperature: hydraulics.oilC - 1.5 + 0.4 * noise(),
    hydraulicOilLevel: (100 * hydraulics.oilL) / pumpHydraulics.tankL,
    hydraulicOilFilterRestrictionSwitch: hydraulics.returnBar > 4 ? 1 : 0,
    mainPressure: Math.max(0, delivery.mainPressureBar + (isRunning ? 4 * noise() : 0)),
    accumulatorPressure: Math.max(0, delivery.accumulatorBar + (isRunning ? 2 * noise() : 0)),
    sValveShiftTime: delivery.shiftTimeMs + 8 * noise(),
    strokesPerMinute: delivery.strokesPerMinute,
    strokeCount: Math.floor(delivery.strokeCount),
    outputFlow: delivery.outputM3PerHour,
    waterBoxTemperature: delivery.waterBoxC + 0.3 * noise(),
    waterBoxLevel: delivery.waterPercent,
    agitatorPressure: Math.max(0, delivery.agitatorBar + (delivery.isPumping ? 8 * noise() : 0)),
    boomPressure: Math.max(0, pump.boomBar + (pump.boomState === 2 ? 6 * noise() : 0)),
    boomState: pump.boomState,
    isPumping: delivery.isPumping ? 1 : 0,
    totalPowerTakeoffHours: pump.ptoHours,
    wheelBasedVehicleSpeed: pump.speedKmh,
    caseDrainFlow: hydraulics.caseDrainLpm,
    caseDrainTemperature: hydraulics.caseDrainC,
    suctionPressure: hydraulics.suctionBar + 0.01 * noise(),
    returnPressure: Math.max(0, hydraulics.returnBar + 0.05 * noise()),
    outriggerTilt: pump.tiltDeg + 0.05 * noise(),
    greaseLevel: delivery.greasePercent,
  };
}
