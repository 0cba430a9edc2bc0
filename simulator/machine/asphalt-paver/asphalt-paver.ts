import { defineMachine } from "../define-machine.ts";
import type { Conditions, Measured } from "../machine-model.ts";
import { engineCodes, engineSignals } from "../subsystems/engine-signals.ts";
import { balanceOf } from "../subsystems/power-balance.ts";
import { stillAir } from "../subsystems/still-air.ts";
import { paverFaults } from "./faults.ts";
import { healthyPaver, type PaverParameters } from "./parameters.ts";
import { coldPaver, type Paver, paverHydraulics, stepPaver } from "./paver.ts";
import { phaseAmps, setpointC } from "./screed.ts";

/** Shaft power of usual paving. */
const nominalKw = 45;
/** Source address of the screed's controller, and what it reports when the insulation monitor has tripped. */
const screedSa = 141;
const insulationTripped = { sa: screedSa, spn: 516_112, fmi: 0, lamp: "red" } as const;
/** CiA 301, state in the heartbeat: operational. */
const operational = 5;

/** An asphalt paver (摊铺机) with an electrically heated screed, as plans/asphalt-paver describes it. */
export const asphaltPaver = defineMachine({
  machineType: "asphalt-paver",
  controlUnits: [0, 39, screedSa],
  healthy: healthyPaver,
  faults: paverFaults,
  create({ parameters, random, hours, ambientC }) {
    const paver = coldPaver(ambientC, hours, Math.floor(random() * 2 ** 32));
    let now: Conditions | undefined;
    const noise = () => random() - 0.5;
    return {
      step(conditions, dt) {
        now = conditions;
        stepPaver(paver, parameters, conditions, dt);
      },
      signals: () => ({
        ...engineSignals(paver.engine, paver.charging, now ?? stillAir(ambientC), noise),
        ...feedSignals(paver, noise),
        ...screedSignals(paver, parameters, noise),
        ...driveSignals(paver, noise),
      }),
      codes() {
        if (paver.engine.speedRpm <= 300) return [];
        const codes = engineCodes(paver.engine, paver.charging);
        if (paver.screed.insulationState === 2) codes.push(insulationTripped);
        return codes;
      },
      power: () => balanceOf(paver.engine, [paver.hydraulics]),
      load: () => (now?.demand.activity === "work" ? paver.engine.shaftKw / nominalKw : 0),
    };
  },
});

function driveSignals(paver: Paver, noise: () => number): Measured {
  const { hydraulics } = paver;
  const isRunning = paver.engine.speedRpm > 300;
  return {
    hydraulicOilTemperature: hydraulics.oilC + 0.4 * noise(),
    hydraulicOilFilterRestrictionSwitch: hydraulics.returnBar > 3 ? 1 : 0,
    hydraulicOilLevel: (100 * hydraulics.oilL) / paverHydraulics.tankL,
    wheelBasedMachineSpeed: paver.speedMps,
    paverMode: paver.mode,
    travelPressure: Math.max(0, paver.travelBar + (isRunning ? 5 * noise() : 0)),
    chargePressure: Math.max(0, paver.chargeBar + (isRunning ? 0.6 * noise() : 0)),
    levellingState: isRunning ? operational : null,
  };
}

function feedSignals(paver: Paver, noise: () => number): Measured {
  const bar = (value: number) => (value < 1 ? 0 : Math.max(0, value + 5 * noise()));
  const height = (side: number) =>
    paver.materialPercent < 4 ? 0 : paver.materialPercent + side + 3 * noise();
  return {
    materialHeightLeft: height(2),
    materialHeightRight: height(-2),
    conveyorSpeedLeft: paver.leftConveyor.rpm,
    conveyorSpeedRight: paver.rightConveyor.rpm,
    augerSpeedLeft: paver.leftAuger.rpm,
    augerSpeedRight: paver.rightAuger.rpm,
    conveyorPressureLeft: bar(paver.leftConveyor.bar),
    conveyorPressureRight: bar(paver.rightConveyor.bar),
    augerPressureLeft: bar(paver.leftAuger.bar),
    augerPressureRight: bar(paver.rightAuger.bar),
    augerBearingTemperature: paver.augerBearing.temperatureC + 0.4 * noise(),
    tamperSpeed: paver.tamper.rpm,
    vibrationSpeed: paver.vibrationRpm,
    tamperPressure: bar(paver.tamper.bar),
    pressureBarPressure: bar(paver.pressureBar),
  };
}

function screedSignals(paver: Paver, parameters: PaverParameters, noise: () => number): Measured {
  const { screed, mode } = paver;
  const [leftOuter, leftInner, rightInner, rightOuter] = screed.zoneC;
  const isRunning = paver.engine.speedRpm > 300;
  return {
    screedPosition: mode === 3 ? 1 : mode === 2 ? 2 : 0,
    screedWidth: mode === 3 ? 6.2 : 3,
    screedTemperatureLeftOuter: leftOuter + 0.4 * noise(),
    screedTemperatureLeftInner: leftInner + 0.4 * noise(),
    screedTemperatureRightInner: rightInner + 0.4 * noise(),
    screedTemperatureRightOuter: rightOuter + 0.4 * noise(),
    screedTemperatureSpread: Math.max(...screed.zoneC) - Math.min(...screed.zoneC),
    screedTemperatureSetpoint: setpointC,
    screedHeatingState: screed.heatingState,
    screedInsulationState: screed.insulationState,
    mixTemperature: Math.max(0, paver.mixC + noise()),
    heatingMeterVoltageL1: isRunning ? Math.max(0, screed.volts + noise()) : 0,
    heatingMeterCurrentL1: phaseAmps(screed, parameters, 0),
    heatingMeterCurrentL2: phaseAmps(screed, parameters, 1),
    heatingMeterCurrentL3: phaseAmps(screed, parameters, 2),
    heatingMeterPower: screed.heatersKw,
    heatingMeterFrequency: screed.frequencyHz,
  };
}
