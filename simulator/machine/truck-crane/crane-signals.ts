import type { Measured } from "../machine-model.ts";
import { areOutriggersSet, boomM, craneHydraulics, ratedLoadOf, type TruckCrane } from "./crane.ts";

/** CiA 301, state in the heartbeat: operational. */
const operational = 5;
/** Of the crane without a load, kN, and the greatest share that a load at the rated moment shifts to one side. */
const ownKn = 410;
const shiftedKn = 150;

const bit = (is: boolean) => (is ? 1 : 0);

/** What the crane's own control units measure, by the names of plans/truck-crane. `noise` in [-0.5, 0.5). */
export function craneSignals(crane: TruckCrane, noise: () => number): Measured {
  return {
    ...chassisSignals(crane, noise),
    ...winchSignals(crane, noise),
    ...outriggerSignals(crane, noise),
    ...limiterSignals(crane, noise),
  };
}

function chassisSignals(crane: TruckCrane, noise: () => number): Measured {
  const { hydraulics, isPtoEngaged } = crane;
  const out = areOutriggersSet(crane) ? 14 : 0;
  return {
    wheelBasedVehicleSpeed: crane.speedKmh,
    parkingBrakeSwitch: bit(crane.speedKmh < 0.5),
    highResolutionTotalVehicleDistance: crane.drivenM,
    hydraulicOilTemperature: hydraulics.oilC + 0.4 * noise(),
    hydraulicOilFilterRestrictionSwitch: bit(hydraulics.returnBar > 4),
    // Cylinders that are out hold oil which the tank then lacks.
    hydraulicOilLevel: Math.max(0, (100 * hydraulics.oilL) / craneHydraulics.tankL - out),
    winchOilPressureSwitch: bit(isPtoEngaged),
    mainPumpPressure: Math.max(0, crane.pumpBar + (isPtoEngaged ? 3 * noise() : 0)),
    pilotPressure: isPtoEngaged ? 34 + noise() : 0,
    isPtoEngaged: bit(isPtoEngaged),
    areOutriggersSet: bit(areOutriggersSet(crane)),
    craneHours: crane.craneHours,
  };
}

function winchSignals(crane: TruckCrane, noise: () => number): Measured {
  const { winch, cycle } = crane;
  return {
    hoistBrakePressure: winch.brakeBar < 0.5 ? 0 : winch.brakeBar + noise(),
    hoistRopeSpeed: Math.abs(winch.ropeMps),
    hoistBrakeReleaseTime: winch.releaseMs + 8 * noise(),
    hoistDrumCreep: winch.creepMm,
    isHoistLeverMoved: bit(cycle.hoist !== 0),
    slewPressure: crane.slewBar < 3 ? 0 : crane.slewBar + 4 * noise(),
    slewSpeed: Math.abs(crane.slewDps),
    isSlewBrakeReleased: bit(cycle.slew !== 0),
    liftCycleCount: crane.earlierLifts + cycle.count,
    overloadCount: crane.overloadCount,
  };
}

/** A load over a corner presses this one and lifts the opposite. */
function outriggerSignals(crane: TruckCrane, noise: () => number): Measured {
  const { loadT } = crane.winch;
  const isSet = areOutriggersSet(crane);
  const forceOf = (cornerDeg: number) => {
    if (!isSet) return 0;
    const towardsCorner = Math.cos(((crane.slewDeg - cornerDeg) * Math.PI) / 180);
    const shifted = shiftedKn * Math.min(1.2, crane.momentPercent / 100) * towardsCorner;
    return Math.max(0, (ownKn + 9.81 * loadT) / 4 + 0.6 * shifted + 2 * noise());
  };
  return {
    outriggerForceFrontLeft: forceOf(-40),
    outriggerForceFrontRight: forceOf(40),
    outriggerForceRearLeft: forceOf(-140),
    outriggerForceRearRight: forceOf(140),
    levelDeviation: Math.max(0, crane.tiltDeg + 0.04 * noise()),
  };
}

function limiterSignals(crane: TruckCrane, noise: () => number): Measured {
  const isOn = crane.engine.speedRpm > 300;
  const angleDeg = (Math.acos(Math.min(1, (crane.radiusM + 1) / boomM)) * 180) / Math.PI;
  return {
    hookLoad: Math.max(0, crane.winch.loadT + 0.04 * noise()),
    ratedLoad: ratedLoadOf(crane.radiusM),
    momentUtilisation: Math.max(0, crane.momentPercent),
    workingRadius: crane.radiusM,
    boomLength: boomM,
    boomAngle: angleDeg + 0.1 * noise(),
    hookHeight: crane.winch.heightM,
    luffingPressure: isOn
      ? 75 + 1.3 * crane.momentPercent + 20 * (1 - angleDeg / 90) + 2 * noise()
      : 60,
    luffingRodPressure: isOn ? 12 + 2 * noise() : 0,
    slewAngle: ((crane.slewDeg % 360) + 360) % 360,
    isCutOffActive: bit(crane.hasCutOut && !crane.isBypassed),
    isHoistLimitReached: 0,
    isLimiterBypassed: bit(crane.isBypassed),
    limiterState: isOn ? operational : null,
    anemometerWindSpeed: Math.max(0, crane.gustMps + 0.3 * noise()),
  };
}
