import { defineMachine } from "../define-machine.ts";
import type { Conditions, Measured } from "../machine-model.ts";
import { engineCodes, engineSignals } from "../subsystems/engine-signals.ts";
import { demandWhenHot } from "../subsystems/hot-pause.ts";
import { balanceOf } from "../subsystems/power-balance.ts";
import { stillAir } from "../subsystems/still-air.ts";
import { type Drill, drillHydraulics, restingDrill, stepDrill } from "./drill.ts";
import { pathOf } from "./drill-head.ts";
import { drillFaults } from "./faults.ts";
import { type DrillParameters, healthyDrill } from "./parameters.ts";

/** Shaft power of usual drilling. */
const nominalKw = 21;
/** Above it the strike system says that it could not see a strike: engineering default. */
const mostGroundOhm = 240;

/** A horizontal directional drill (水平定向钻), as plans/horizontal-directional-drill describes it. */
export const horizontalDirectionalDrill = defineMachine({
  machineType: "horizontal-directional-drill",
  controlUnits: [0, 39],
  healthy: healthyDrill,
  faults: drillFaults,
  create({ parameters, random, hours, ambientC }) {
    const drill = restingDrill(ambientC, hours);
    const pause = { isPausing: false };
    let now: Conditions | undefined;
    const noise = () => random() - 0.5;
    const isWorked = () => now !== undefined && now.demand.activity !== "off";
    return {
      step(conditions, dt) {
        const demand = demandWhenHot(pause, conditions.demand, {
          coolantC: drill.engine.coolantC,
          oilC: drill.hydraulics.oilC,
        });
        now = demand === conditions.demand ? conditions : { ...conditions, demand };
        stepDrill(drill, parameters, now, dt);
      },
      signals: () => ({
        ...engineSignals(drill.engine, drill.charging, now ?? stillAir(ambientC), noise),
        ...oilSignals(drill, noise),
        ...stringSignals(drill, noise),
        ...headSignals(drill, noise),
        ...safetySignals(drill, parameters, isWorked()),
      }),
      codes: () => (drill.engine.speedRpm > 300 ? engineCodes(drill.engine, drill.charging) : []),
      power: () => balanceOf(drill.engine, [drill.hydraulics]),
      load: () => (drill.bore.isDrilling ? drill.hydraulics.shaftKw / nominalKw : 0),
    };
  },
});

function oilSignals({ hydraulics, engine, ...drill }: Drill, noise: () => number): Measured {
  const isRunning = engine.speedRpm > 300;
  return {
    hydraulicOilTemperature: hydraulics.oilC + 0.4 * noise(),
    hydraulicOilLevel: (100 * hydraulics.oilL) / drillHydraulics.tankL,
    hydraulicOilFilterRestrictionSwitch: drill.returnFilterBar > 2.2 ? 1 : 0,
    chargePressure: Math.max(0, drill.chargeBar + (isRunning ? 0.6 * noise() : 0)),
    caseDrainFlow: hydraulics.caseDrainLpm,
    caseDrainTemperature: hydraulics.caseDrainC + 0.4 * noise(),
    rotationGearboxTemperature: drill.gearboxC + 0.4 * noise(),
    returnFilterPressure: Math.max(0, drill.returnFilterBar + (isRunning ? 0.04 * noise() : 0)),
  };
}

function stringSignals({ bore, engine, ...drill }: Drill, noise: () => number): Measured {
  const ripple = engine.speedRpm > 300 ? 4 * noise() : 0;
  return {
    thrustPressure: Math.max(0, drill.thrustBar + ripple),
    pullbackPressure: Math.max(0, drill.pullbackBar + ripple),
    rotationPressure: Math.max(0, drill.rotationBar + ripple),
    rotationSpeed: drill.rotationRpm,
    mudPumpSpeed: drill.mudRpm,
    mudFlow: drill.mudLpm,
    mudPressure: Math.max(0, drill.mudBar + (drill.mudRpm > 10 ? 2 * noise() : 0)),
    mudTankLevel: drill.mudTankPercent,
    boreState: bore.state,
    rodsInBore: bore.rods,
    carriageSpeed: bore.carriageMps,
    rodMakeUpCount: bore.couplings,
    drillingHours: bore.drilledHours,
  };
}

/** Not available unless the transmitter is in the ground. */
function headSignals({ bore, head }: Drill, noise: () => number): Measured {
  if (bore.state !== 1)
    return {
      headPitch: null,
      headRoll: null,
      headDepth: null,
      headTemperature: null,
      headBattery: null,
    };
  const { pitch, depth } = pathOf(bore);
  return {
    headPitch: pitch + noise(),
    headRoll: head.rollDeg,
    headDepth: Math.max(0, depth + 0.05 * noise()),
    headTemperature: head.temperatureC + 0.3 * noise(),
    headBattery: head.batteryPercent,
  };
}

function safetySignals(
  { bore }: Drill,
  { strikeGroundOhm }: DrillParameters,
  isWorked: boolean,
): Measured {
  const isToolChanged = bore.state === 0 && bore.settingUpFor > 1800;
  return {
    strikeAlarm: 0,
    strikeSelfTestFailed: strikeGroundOhm > mostGroundOhm ? 1 : 0,
    remoteLockout: isWorked && isToolChanged ? 1 : 0,
    operatorPresent: isWorked && !isToolChanged ? 1 : 0,
  };
}
