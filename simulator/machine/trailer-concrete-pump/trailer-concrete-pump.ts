import { defineMachine } from "../define-machine.ts";
import type { Conditions, Measured } from "../machine-model.ts";
import { engineCodes, engineSignals } from "../subsystems/engine-signals.ts";
import { demandWhenHot } from "../subsystems/hot-pause.ts";
import { balanceOf } from "../subsystems/power-balance.ts";
import { stillAir } from "../subsystems/still-air.ts";
import { trailerPumpFaults } from "./faults.ts";
import { healthyTrailerPump } from "./parameters.ts";
import {
  mostStrokesPerMinute,
  restingTrailer,
  stepTrailer,
  type TrailerPump,
  trailerHydraulics,
} from "./trailer-pump.ts";

/** Shaft power of usual pumping. */
const nominalKw = 70;

/** A trailer concrete pump (拖泵), as plans/trailer-concrete-pump describes it. */
export const trailerConcretePump = defineMachine({
  machineType: "trailer-concrete-pump",
  controlUnits: [0, 39],
  healthy: healthyTrailerPump,
  faults: trailerPumpFaults,
  create({ parameters, random, hours, ambientC }) {
    const pump = restingTrailer(ambientC, hours);
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
        stepTrailer(pump, parameters, now, dt);
      },
      signals: () => ({
        ...engineSignals(pump.engine, pump.charging, now ?? stillAir(ambientC), noise),
        ...pumpSignals(pump, noise),
        ...panelSignals(pump, noise),
      }),
      codes: () => (pump.engine.speedRpm > 300 ? engineCodes(pump.engine, pump.charging) : []),
      power: () => balanceOf(pump.engine, [pump.hydraulics]),
      load: () => (pump.delivery.isPumping ? pump.hydraulics.shaftKw / nominalKw : 0),
    };
  },
});

/** What the pump controller sends. */
function pumpSignals(pump: TrailerPump, noise: () => number): Measured {
  const { hydraulics, engine, delivery } = pump;
  const isRunning = engine.speedRpm > 300;
  const hasStroked = pump.strokeTimeMs > 0 ? 1 : 0;
  return {
    hydraulicOilTemperature: hydraulics.oilC + 0.4 * noise(),
    hydraulicOilLevel: (100 * hydraulics.oilL) / trailerHydraulics.tankL,
    hydraulicOilFilterRestrictionSwitch: hydraulics.returnBar > 4 ? 1 : 0,
    mainPressure: Math.max(0, delivery.mainPressureBar + (isRunning ? 4 * noise() : 0)),
    accumulatorPressure: Math.max(0, delivery.accumulatorBar + (isRunning ? 2 * noise() : 0)),
    sValveShiftTime: delivery.shiftTimeMs + 8 * noise(),
    strokesPerMinute: delivery.strokesPerMinute,
    agitatorPressure: Math.max(0, delivery.agitatorBar + (delivery.isPumping ? 8 * noise() : 0)),
    chargePressure: Math.max(0, pump.chargeBar + (isRunning ? 0.6 * noise() : 0)),
    returnPressure: Math.max(0, hydraulics.returnBar + 0.05 * noise()),
    suctionVacuum: Math.min(1, Math.max(0, 0.01 * noise() - hydraulics.suctionBar)),
    caseDrainTemperature: hydraulics.caseDrainC + 0.4 * noise(),
    displacementCommand: Math.min(100, (100 * delivery.strokesPerMinute) / mostStrokesPerMinute),
    strokeTimeA: pump.strokeTimeMs + hasStroked * 20 * noise(),
    strokeTimeB: pump.strokeTimeMs + hasStroked * 20 * noise(),
    isPumping: delivery.isPumping ? 1 : 0,
    isReversing: pump.reversesFor > 0 ? 1 : 0,
    isAgitatorReversing: 0,
    isEmergencyStopPressed: 0,
  };
}

/** What the operator's panel counts and measures. */
function panelSignals(
  { delivery, lubrication, ...pump }: TrailerPump,
  noise: () => number,
): Measured {
  return {
    strokeCount: Math.floor(delivery.strokeCount),
    pumpedVolume: pump.pumpedM3,
    pumpingHours: pump.pumpingHours,
    reversalCount: pump.reversals,
    lubricationCount: lubrication.count,
    waterBoxTemperature: delivery.waterBoxC + 0.3 * noise(),
    waterBoxLevel: delivery.waterPercent,
    greasePressure: Math.max(0, lubrication.pressureBar + noise()),
    greaseLevel: delivery.greasePercent,
  };
}
