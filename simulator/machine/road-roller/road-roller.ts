import { defineMachine } from "../define-machine.ts";
import type { Conditions, Measured } from "../machine-model.ts";
import { engineCodes, engineSignals } from "../subsystems/engine-signals.ts";
import { balanceOf } from "../subsystems/power-balance.ts";
import { stillAir } from "../subsystems/still-air.ts";
import type { Drum } from "./drums.ts";
import { rollerFaults } from "./faults.ts";
import { healthyRoller } from "./parameters.ts";
import { coldRoller, type Roller, rollerHydraulics, stepRoller } from "./roller.ts";

/** Shaft power of usual rolling, waits included. */
const nominalKw = 32;
/** Where the road is built: Changsha; a degree of latitude is 111 km. */
const siteDeg = { latitude: 28.2282, longitude: 112.9388 } as const;
const degPerM = 1 / 111_000;

/** A tandem vibratory roller (压路机), as plans/road-roller describes it. */
export const roadRoller = defineMachine({
  machineType: "road-roller",
  controlUnits: [0, 39],
  healthy: healthyRoller,
  faults: rollerFaults,
  create({ parameters, random, hours, ambientC }) {
    const roller = coldRoller(ambientC, hours, Math.floor(random() * 2 ** 32));
    let now: Conditions | undefined;
    const noise = () => random() - 0.5;
    return {
      step(conditions, dt) {
        now = conditions;
        stepRoller(roller, parameters, conditions, dt);
      },
      signals: () => ({
        ...engineSignals(roller.engine, roller.charging, now ?? stillAir(ambientC), noise),
        ...travelSignals(roller, noise),
        ...drumSignals(roller, noise),
        ...operatorSignals(roller, now?.demand.activity ?? "off", noise),
      }),
      codes: () =>
        roller.engine.speedRpm > 300 ? engineCodes(roller.engine, roller.charging) : [],
      power: () => balanceOf(roller.engine, [roller.hydraulics]),
      load: () => (now?.demand.activity === "work" ? roller.engine.shaftKw / nominalKw : 0),
    };
  },
});

const bit = (is: boolean) => (is ? 1 : 0);

function travelSignals(roller: Roller, noise: () => number): Measured {
  const { hydraulics, engine } = roller;
  const isRunning = engine.speedRpm > 300;
  const bar = (value: number, width: number) =>
    isRunning ? Math.max(0, value + width * noise()) : 0;
  return {
    wheelBasedVehicleSpeed: Math.abs(roller.speedKmh),
    hydraulicOilTemperature: hydraulics.oilC + 0.4 * noise(),
    hydraulicOilFilterRestrictionSwitch: bit(hydraulics.returnBar > 3.2),
    hydraulicOilLevel: (100 * hydraulics.oilL) / rollerHydraulics.tankL,
    latitude: siteDeg.latitude + roller.alongM * degPerM,
    longitude: siteDeg.longitude + 4 * roller.lanes.strip * degPerM,
    travelPressureForward: bar(roller.forwardBar, 4),
    travelPressureReverse: bar(roller.reverseBar, 4),
    chargePressure: bar(roller.chargeBar, 0.5),
    travelLeverPosition: 100 * roller.lanes.lever,
  };
}

function drumSignals({ vibration, matC, compaction }: Roller, noise: () => number): Measured {
  const { front, rear } = vibration;
  const difference = (drum: Drum) =>
    drum.hz > 15 ? Math.min(100, Math.max(0, drum.differencePercent + 3 * noise())) : null;
  const hz = (drum: Drum) => (drum.hz === 0 ? 0 : drum.hz + 0.3 * noise());
  return {
    frontVibrationFrequency: Math.max(0, hz(front)),
    rearVibrationFrequency: Math.max(0, hz(rear)),
    vibrationPressure: vibration.isOn ? Math.max(0, vibration.bar + 6 * noise()) : vibration.bar,
    vibrationSwitch: bit(vibration.isOn),
    highAmplitude: bit(vibration.isHigh),
    frontExciterTemperature: front.bearing.temperatureC + 0.4 * noise(),
    rearExciterTemperature: rear.bearing.temperatureC + 0.4 * noise(),
    frontDrumAmplitude: front.amplitudeMm,
    rearDrumAmplitude: rear.amplitudeMm,
    frontAmplitudeDifference: difference(front),
    rearAmplitudeDifference: difference(rear),
    compactionValue: Math.max(0, compaction + (compaction > 1 ? 3 * noise() : 0)),
    asphaltSurfaceTemperature: matC + noise(),
    vibrationHours: vibration.hours,
    vibrationStartCount: vibration.startCount,
  };
}

function operatorSignals(roller: Roller, activity: string, noise: () => number): Measured {
  const { sprinkler, engine, lanes } = roller;
  const isDriving = activity === "work" || activity === "travel";
  return {
    acceleratorPedalPosition1: engine.speedRpm > 1500 ? 100 : engine.speedRpm > 300 ? 5 : 0,
    parkingBrakeSwitch: bit(!isDriving || lanes.isWaiting),
    waterTankLevel: sprinkler.levelPercent,
    sprayPressure: sprinkler.bar < 0.05 ? 0 : Math.max(0, sprinkler.bar + 0.1 * noise()),
    sprayPumpDuty: sprinkler.dutyPercent,
    sprayPumpSwitch: bit(sprinkler.isOn),
    seatOccupied: bit(activity !== "off"),
    emergencyStop: 0,
    steeringAngle: isDriving ? 6 * Math.sin(lanes.inPassSeconds / 9) + noise() : 0,
    brakeReleasePressure: isDriving && !lanes.isWaiting ? roller.chargeBar : 0,
  };
}
