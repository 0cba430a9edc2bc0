import { defineMachine } from "../define-machine.ts";
import type { Conditions, Measured } from "../machine-model.ts";
import { engineCodes, engineSignals } from "../subsystems/engine-signals.ts";
import { demandWhenHot } from "../subsystems/hot-pause.ts";
import { balanceOf } from "../subsystems/power-balance.ts";
import { stillAir } from "../subsystems/still-air.ts";
import { millFaults } from "./faults.ts";
import { type Mill, millHydraulics, restingMill, stepMill } from "./mill.ts";
import { healthyMill } from "./parameters.ts";

/** Power in the cut of usual milling. */
const nominalKw = 300;
/** Of the indicator at the return filter. */
const filterSwitchBar = 3;

/** A cold milling machine (铣刨机), as plans/cold-milling-machine describes it. */
export const coldMillingMachine = defineMachine({
  machineType: "cold-milling-machine",
  controlUnits: [0, 39, 142],
  healthy: healthyMill,
  faults: millFaults,
  create({ parameters, random, hours, ambientC }) {
    const mill = restingMill(ambientC, hours);
    const pause = { isPausing: false };
    let now: Conditions | undefined;
    const noise = () => random() - 0.5;
    return {
      step(conditions, dt) {
        const demand = demandWhenHot(pause, conditions.demand, {
          coolantC: mill.engine.coolantC,
          oilC: mill.hydraulics.oilC,
        });
        now = demand === conditions.demand ? conditions : { ...conditions, demand };
        stepMill(mill, parameters, now, dt);
      },
      signals: () => ({
        ...engineSignals(mill.engine, mill.charging, now ?? stillAir(ambientC), noise),
        fanSpeed: mill.fanRpm,
        ...oilSignals(mill, noise),
        ...drumSignals(mill, noise),
        ...workSignals(mill, noise),
      }),
      codes: () => (mill.engine.speedRpm > 300 ? engineCodes(mill.engine, mill.charging) : []),
      power: () => balanceOf(mill.engine, [mill.hydraulics]),
      load: () => mill.drum.kw / nominalKw,
    };
  },
});

function oilSignals({ hydraulics, engine, ...mill }: Mill, noise: () => number): Measured {
  const isRunning = engine.speedRpm > 300;
  return {
    hydraulicOilTemperature: hydraulics.oilC + 0.4 * noise(),
    hydraulicOilFilterRestrictionSwitch: hydraulics.returnBar > filterSwitchBar ? 1 : 0,
    hydraulicOilLevel: (100 * hydraulics.oilL) / millHydraulics.tankL,
    travelPressure: Math.max(0, mill.travelBar + (mill.speedMps > 0 ? 5 * noise() : 0)),
    chargePressure: Math.max(0, mill.chargeBar + (isRunning ? 0.6 * noise() : 0)),
    pumpGearboxOilTemperature: mill.pumpGearboxC + 0.4 * noise(),
  };
}

function drumSignals({ drum, bearing, pass, isWorked }: Mill, noise: () => number): Measured {
  const depthMm = isWorked ? 1000 * pass.depthM : 0;
  const unevenMm = depthMm > 0 ? 1.5 * noise() : 0;
  return {
    millingDrumSpeed: Math.max(0, drum.rpm + (drum.rpm > 1 ? noise() : 0)),
    drumClutchState: drum.clutch,
    drumBeltSlip: Math.max(0, drum.slipPercent + (drum.rpm > 1 ? 0.2 * noise() : 0)),
    millingDepthLeft: depthMm + unevenMm,
    millingDepthRight: Math.max(0, depthMm - unevenMm),
    drumGearOilTemperature: drum.gearC + 0.4 * noise(),
    drumBearingTemperature: bearing.temperatureC + 0.4 * noise(),
    drumVibration: Math.max(
      0,
      (drum.vibrationMmps + bearing.vibrationMmps + (drum.rpm > 1 ? 0.6 * noise() : 0)) / 1000,
    ),
  };
}

function workSignals({ spray, pass, ...mill }: Mill, noise: () => number): Measured {
  const load = (bar: number) => Math.max(0, bar + (mill.beltMps > 0.1 ? 4 * noise() : 0));
  const repositions = mill.isWorked && pass.phase === "repositioning";
  return {
    wheelBasedMachineSpeed: mill.speedMps,
    intakeConveyorPressure: load(mill.intakeBar),
    dischargeConveyorPressure: load(mill.dischargeBar),
    dischargeConveyorSpeed: mill.beltMps,
    conveyorState: mill.areConveyorsOn ? 1 : 0,
    machineMode: mill.isTravelling || repositions ? 1 : mill.isWorked ? 2 : 0,
    waterTankLevel: spray.tankPercent,
    sprayState: spray.isOn ? 1 : 0,
    sprayPressure: Math.max(0, spray.bar + (spray.isOn ? 0.1 * noise() : 0)),
    sprayFlow: Math.max(0, spray.lpm + (spray.isOn ? noise() : 0)),
    millingHours: mill.millingHours,
    milledVolume: mill.milledM3,
    levellingState: 5,
  };
}
